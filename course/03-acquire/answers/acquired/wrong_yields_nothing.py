# fails: acquired-1 finished, acquired-2 finished, acquired-4 finished, acquired-5 finished, acquired-6 finished
# A bare yield gives the block None, which looks like "not acquired".
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    got_it = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    try:
        yield
    finally:
        if got_it:
            lock.release()
