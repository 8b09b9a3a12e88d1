# fails: try_lock-6 deadlock
# Above TIMEOUT_MAX it waits for ever, which is longer than was promised.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError("bad timeout")
    return lock.acquire(timeout=timeout if timeout <= threading.TIMEOUT_MAX else -1)
