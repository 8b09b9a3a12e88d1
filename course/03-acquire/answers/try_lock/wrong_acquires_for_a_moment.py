# fails: try_lock-5 finished
# Acquires before it refuses a bad timeout, and gives back: for a moment the lock was not as it was.
import threading


def try_lock(lock, timeout):
    got = lock.acquire(False)
    if timeout is not None and not timeout >= 0:
        if got:
            lock.release()
        raise ValueError
    if got:
        return True
    if timeout is None:
        return lock.acquire()
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
