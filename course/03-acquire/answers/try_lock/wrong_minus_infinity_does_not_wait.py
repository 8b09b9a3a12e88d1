# fails: try_lock-5 finished
# Minus infinity is negative, and is not refused.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if timeout == float("-inf"):
        return lock.acquire(False)
    if not timeout >= 0:
        raise ValueError
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
