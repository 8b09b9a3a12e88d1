# fails: acquired-6 finished
# The result is kept under the lock: an attempt of somebody else overwrites what the holder knows.
import threading
from contextlib import contextmanager

results = {}


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    results[id(lock)] = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    try:
        yield results[id(lock)]
    finally:
        if results[id(lock)]:
            lock.release()
