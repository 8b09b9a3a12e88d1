# fails: acquired-3 finished
# Swallows a RuntimeError of the block.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError
    got = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    try:
        yield got
    except RuntimeError:
        pass
    finally:
        if got:
            lock.release()
