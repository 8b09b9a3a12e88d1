# fails: try_lock-5 finished
# Rounds before it looks: a small negative number becomes 0.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    timeout = round(timeout, 2) if timeout == timeout and abs(timeout) < 1e9 else timeout
    if not timeout >= 0:
        raise ValueError
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
