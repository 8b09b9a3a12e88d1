# fails: try_lock-2 finished
# With 0 it looks whether the lock is free and then blocks; somebody else may come in between.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError
    if timeout == 0:
        plain = type(lock) is type(threading.Lock())
        if plain and lock.locked():
            return False
        return lock.acquire() if plain else lock.acquire(False)
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
