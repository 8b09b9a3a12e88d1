# fails: try_lock-2 deadlock, try_lock-5 deadlock, try_lock-6 raised
# 0 is false, so "do not wait" becomes "wait for ever".
def try_lock(lock, timeout):
    return lock.acquire(timeout=timeout or -1)
