# fails: try_lock-3 finished
# Cuts the timeout to whole seconds: half a second becomes none.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError("bad timeout")
    if timeout >= threading.TIMEOUT_MAX:
        return lock.acquire(timeout=threading.TIMEOUT_MAX)
    return lock.acquire(timeout=int(timeout))
