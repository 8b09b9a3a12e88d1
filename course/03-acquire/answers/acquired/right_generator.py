import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout: float | None = None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("timeout must be None or a number that is not negative")
    wait = -1 if timeout is None else min(timeout, threading.TIMEOUT_MAX)
    got_it = lock.acquire(timeout=wait)
    try:
        yield got_it
    finally:
        if got_it:
            lock.release()
