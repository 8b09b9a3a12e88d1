# fails: acquired-1 finished, acquired-4 finished, acquired-6 finished
# Gives the lock back before the block runs: the block is told True and holds nothing.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    got_it = lock.acquire(blocking=False)
    if not got_it:
        got_it = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    if got_it:
        lock.release()
    yield got_it
