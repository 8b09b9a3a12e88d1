# fails: acquire_all-2 finished, acquire_all-7 finished
# Each lock gets the whole timeout: two locks may take twice as long as the caller can wait.
def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    held = []
    ok = False
    try:
        for lock in locks:
            if not lock.acquire(timeout=timeout):
                return False
            held.append(lock)
        ok = True
        return True
    finally:
        if not ok:
            for lock in reversed(held):
                lock.release()
