# fails: try_lock-1 raised, try_lock-2 raised, try_lock-6 raised
# acquire(False, 0) is a ValueError: a non-blocking call takes no timeout.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError(timeout)
    return lock.acquire(timeout > 0, min(timeout, threading.TIMEOUT_MAX))
