# fails: try_lock-1, try_lock-2, try_lock-3, try_lock-4, try_lock-5, try_lock-6
# The first parameter of acquire() is blocking: 0.5 is just "yes", None is just "no".
def try_lock(lock, timeout):
    return lock.acquire(timeout)
