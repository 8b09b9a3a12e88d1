# fails: acquire_all-1 finished, acquire_all-3 finished
# With a budget of 0 nothing is left before the first try, and it does not try at all.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    ok = False
    try:
        for lock in locks:
            left = deadline - time.monotonic()
            if left <= 0 or not lock.acquire(timeout=left):
                return False
            held.append(lock)
        ok = True
        return True
    finally:
        if not ok:
            for lock in reversed(held):
                lock.release()
