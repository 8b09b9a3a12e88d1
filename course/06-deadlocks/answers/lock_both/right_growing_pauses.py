import random
import time


def _try_both(a, b):
    if not a.acquire(timeout=0):
        return False
    got = False
    try:
        got = b.acquire(timeout=0)
        return got
    finally:
        if not got:
            a.release()


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError("bad arguments")
    deadline = time.monotonic() + timeout
    limit = 0.002
    while not _try_both(a, b):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, random.uniform(0, limit)))
        limit = min(2 * limit, 0.1)
    return True
