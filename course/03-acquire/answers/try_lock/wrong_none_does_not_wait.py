# fails: try_lock-4 finished
# None is taken for "no timeout given, so do not wait".
import threading


def try_lock(lock, timeout):
    if not timeout:
        return lock.acquire(blocking=False)
    if not timeout >= 0:
        raise ValueError("bad timeout")
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
