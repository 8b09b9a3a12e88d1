# fails: acquired-6 deadlock
# Takes infinity for None. In try_lock it means the longest wait there is, which ends.
import math
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is None or timeout == math.inf:
        got_it = lock.acquire()
    elif timeout >= 0:
        got_it = lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
    else:
        raise ValueError("bad timeout")
    try:
        yield got_it
    finally:
        if got_it:
            lock.release()
