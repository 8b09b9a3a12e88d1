# fails: acquire_all-6 finished
# A return in finally ends the call for good: the exception on its way out is gone.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                break
            held.append(lock)
    finally:
        complete = len(held) == len(locks)
        if not complete:
            for lock in reversed(held):
                lock.release()
        return complete
