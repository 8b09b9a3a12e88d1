# fails: acquired-6 finished
# except releases, finally releases again, and the error that tells is thrown away: an RLock is lost one block early.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    got_it = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    try:
        yield got_it
    except BaseException:
        if got_it:
            lock.release()
        raise
    finally:
        try:
            if got_it:
                lock.release()
        except RuntimeError:
            pass
