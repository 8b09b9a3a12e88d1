# fails: acquire_all-7
# When the budget is overdrawn by a second, the rest is -1, and that means "for ever".
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    ok = False
    try:
        for lock in locks:
            left = 0 if timeout == 0 else deadline - time.monotonic()
            if not lock.acquire(timeout=left):
                return False
            held.append(lock)
        ok = True
        return True
    finally:
        if not ok:
            for lock in reversed(held):
                lock.release()
