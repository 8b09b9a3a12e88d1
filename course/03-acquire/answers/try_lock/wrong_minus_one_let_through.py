# fails: try_lock-5 deadlock
# acquire() refuses every negative timeout but -1, which means "for ever".
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
