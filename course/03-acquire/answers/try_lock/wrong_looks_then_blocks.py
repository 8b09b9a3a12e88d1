# fails: try_lock-2 finished
# With 0 it looks whether the lock is free and then blocks; somebody else may come in between.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError
    if timeout == 0:
        if hasattr(lock, "locked") and lock.locked():
            return False
        return lock.acquire() if hasattr(lock, "locked") else lock.acquire(False)
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
