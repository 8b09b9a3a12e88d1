# fails: acquire_all-2 finished, acquire_all-3 finished, acquire_all-5 finished, acquire_all-6 finished, acquire_all-7 finished
# Returns False and goes home with the locks it has.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    for lock in locks:
        if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
            return False
    return True
