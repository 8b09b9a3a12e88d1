# fails: acquire_all-2 deadlock, acquire_all-5, acquire_all-3 deadlock, acquire_all-6 finished, acquire_all-7 deadlock
# Only the first lock has a timeout; for the others it waits for ever.
def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    if not locks:
        return True
    if not locks[0].acquire(timeout=timeout):
        return False
    for lock in locks[1:]:
        lock.acquire()
    return True
