# fails: acquired-3 finished
# Without finally the release is skipped when the block raises.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError("bad timeout")
    got_it = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    yield got_it
    if got_it:
        lock.release()
