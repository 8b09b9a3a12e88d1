# fails: acquired-2 finished, acquired-3 finished, acquired-5 raised, acquired-6 finished
# Releases in any case: the lock of somebody else, too.
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
        lock.release()
