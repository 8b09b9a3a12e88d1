# fails: try_lock-1 finished, try_lock-2 finished, try_lock-3 finished, try_lock-4 finished, try_lock-6 finished
# Acquires as it should, and forgets to say whether it did.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        lock.acquire()
        return
    if not timeout >= 0:
        raise ValueError("bad timeout")
    lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
