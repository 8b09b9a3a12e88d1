# fails: acquire_all-2 finished, acquire_all-3 finished, acquire_all-5, acquire_all-7 finished
# Releases every lock of the list, also those it never had: it frees what others hold.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                for each in reversed(locks):
                    if each.locked():
                        each.release()
                return False
            held.append(lock)
    except BaseException:
        for lock in reversed(held):
            lock.release()
        raise
    return True
