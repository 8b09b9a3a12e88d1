# fails: acquired-3 finished
# Releases after the exceptions it thought of; SystemExit is not among them.
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    if timeout is not None and not timeout >= 0:
        raise ValueError
    got = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))
    try:
        yield got
    except (Exception, KeyboardInterrupt):
        if got:
            lock.release()
        raise
    else:
        if got:
            lock.release()
