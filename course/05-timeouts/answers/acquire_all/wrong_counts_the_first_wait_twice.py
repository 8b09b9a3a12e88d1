# fails: acquire_all-7 finished
# Takes the time since the beginning off a rest that has lost some of it already: wrong from the third lock on.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    start = time.monotonic()
    left = timeout
    held = []
    complete = False
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, left)):
                return False
            held.append(lock)
            left -= time.monotonic() - start
        complete = True
        return True
    finally:
        if not complete:
            for lock in reversed(held):
                lock.release()
