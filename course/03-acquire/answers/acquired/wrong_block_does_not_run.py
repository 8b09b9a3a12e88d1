# fails: acquired-2 raised, acquired-3 finished, acquired-5 raised, acquired-6 raised
# Raises when the lock was not acquired, where the block should run and be told False.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    if not lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX)):
        raise TimeoutError("lock not acquired")
    try:
        yield True
    finally:
        lock.release()
