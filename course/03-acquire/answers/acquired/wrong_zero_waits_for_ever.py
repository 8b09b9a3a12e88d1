# fails: acquired-2 deadlock, acquired-3 deadlock, acquired-5 finished, acquired-6 deadlock
# "timeout or -1" turns 0 into for ever.
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout=None):
    got_it = lock.acquire(timeout=timeout or -1)
    try:
        yield got_it
    finally:
        if got_it:
            lock.release()
