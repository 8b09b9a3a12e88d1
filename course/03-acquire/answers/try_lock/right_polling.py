import threading
import time


def try_lock(lock, timeout):
    """Asks again and again, with short naps: wasteful, but it keeps the contract."""
    if timeout is None:
        return lock.acquire()
    if timeout != timeout or timeout < 0:
        raise ValueError("timeout")
    if timeout > 3600:
        return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
    deadline = time.monotonic() + timeout
    while not lock.acquire(blocking=False):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, 0.1))
    return True
