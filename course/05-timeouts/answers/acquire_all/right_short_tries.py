import time


def acquire_all(locks, timeout):
    """Looks every twentieth of a second: clumsy, but within the contract."""
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    ok = False
    try:
        for lock in locks:
            while not lock.acquire(False):
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                time.sleep(min(left, 0.05))
            held.append(lock)
        ok = True
    finally:
        if not ok:
            for lock in reversed(held):
                lock.release()
    return ok
