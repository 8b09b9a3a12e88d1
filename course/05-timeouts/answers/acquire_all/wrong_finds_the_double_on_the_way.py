# fails: acquire_all-4 finished
# Notices the double only when it gets there, with the first locks already acquired.
import time


def acquire_all(locks, timeout):
    if timeout < 0:
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    ok = False
    try:
        for lock in locks:
            if any(lock is one for one in held):
                raise ValueError
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                return False
            held.append(lock)
        ok = True
        return True
    finally:
        if not ok:
            for lock in reversed(held):
                lock.release()
