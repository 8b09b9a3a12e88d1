# fails: acquired-5 finished
# Gives the lock back to take it again by with: that second wait has no limit.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError
    got = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    if got:
        lock.release()
        with lock:
            yield True
    else:
        yield False
