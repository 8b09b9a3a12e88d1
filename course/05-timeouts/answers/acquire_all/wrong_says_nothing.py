# fails: acquire_all-1 finished, acquire_all-2 finished, acquire_all-5 finished, acquire_all-7 finished
# Forgets to say that it succeeded: None is no True.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len({id(lock) for lock in locks}) < len(locks):
        raise ValueError
    deadline = time.monotonic() + timeout
    held = []
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                while held:
                    held.pop().release()
                return False
            held.append(lock)
    except BaseException:
        while held:
            held.pop().release()
        raise
