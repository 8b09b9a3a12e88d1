# fails: acquired-2 finished, acquired-3 finished, acquired-5 raised, acquired-6 finished
# locked() says that somebody holds the lock, not that it was us.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    got_it = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    try:
        yield got_it
    finally:
        if not hasattr(lock, "locked") or lock.locked():
            lock.release()
