# fails: try_lock-6 raised
# acquire() raises OverflowError above threading.TIMEOUT_MAX.
def try_lock(lock, timeout):
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:
        raise ValueError("bad timeout")
    return lock.acquire(timeout=timeout)
