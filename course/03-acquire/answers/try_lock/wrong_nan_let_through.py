# fails: try_lock-5 finished
# Every comparison with NaN is false, so it slips past both tests and waits for ever or not at all.
import threading


def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if timeout < 0:
        raise ValueError("negative timeout")
    if 0 < timeout <= threading.TIMEOUT_MAX:
        return lock.acquire(timeout=timeout)
    if timeout > threading.TIMEOUT_MAX:
        return lock.acquire(timeout=threading.TIMEOUT_MAX)
    return lock.acquire(blocking=False)
