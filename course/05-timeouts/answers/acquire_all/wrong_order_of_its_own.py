# fails: acquire_all-1 finished, acquire_all-3 finished, acquire_all-7 finished
# An order of its own, the last lock first; the contract leaves the order to the caller.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    ok = False
    try:
        for lock in reversed(locks):
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                return False
            held.append(lock)
        ok = True
        return True
    finally:
        if not ok:
            for lock in reversed(held):
                lock.release()
