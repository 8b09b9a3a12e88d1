import time


def acquire_all(locks, timeout):
    if timeout < 0:
        raise ValueError("timeout must not be negative")
    if len(set(map(id, locks))) != len(locks):
        raise ValueError("a lock is there twice")
    deadline = time.monotonic() + timeout
    held = []
    try:
        for lock in locks:
            left = deadline - time.monotonic()
            if not lock.acquire(True, left if left > 0 else 0):
                return False
            held.append(lock)
        held = []  # nothing to give back: the caller keeps them
        return True
    finally:
        while held:
            held.pop().release()
