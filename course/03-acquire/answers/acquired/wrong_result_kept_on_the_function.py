# fails: acquired-6 finished
# The result is kept where every block shares it: an inner block overwrites the outer one's.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    wait = -1 if timeout is None else min(timeout, threading.TIMEOUT_MAX)
    acquired.got_it = lock.acquire(timeout=wait)
    try:
        yield acquired.got_it
    finally:
        if acquired.got_it:
            lock.release()
