# fails: try_lock-5 finished
# It takes the lock and only then finds the timeout bad: the error leaves the lock held.
import threading


def try_lock(lock, timeout):
    if lock.acquire(blocking=False):
        if timeout is not None and not timeout >= 0:
            raise ValueError("bad timeout")
        return True
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError("bad timeout")
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
