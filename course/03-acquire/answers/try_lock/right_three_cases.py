import threading


def try_lock(lock, timeout: float | None) -> bool:
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError("timeout must be None or a number that is not negative")
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
