# fails: acquire_all-6 finished
# except Exception does not see a KeyboardInterrupt.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                for each in reversed(held):
                    each.release()
                return False
            held.append(lock)
    except Exception:
        for each in reversed(held):
            each.release()
        raise
    return True
