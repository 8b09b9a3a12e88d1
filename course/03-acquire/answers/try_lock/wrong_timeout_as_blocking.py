# fails: try_lock-3 finished, try_lock-4 finished, try_lock-5 deadlock, try_lock-6 deadlock
# What acquire(timeout) does from Python 3.12 on: the first parameter is blocking, and the number is just a yes or no.
def try_lock(lock, timeout):
    return lock.acquire(bool(timeout))
