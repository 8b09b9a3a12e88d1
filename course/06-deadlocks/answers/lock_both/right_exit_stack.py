import contextlib
import random
import time


def lock_both(a, b, timeout):
    if not timeout >= 0:
        raise ValueError("the timeout is negative")
    if a is b:
        raise ValueError("the two locks are one")
    started = time.monotonic()
    while True:
        with contextlib.ExitStack() as stack:
            for lock in (a, b):
                if not lock.acquire(blocking=False):
                    break
                stack.callback(lock.release)
            else:
                stack.pop_all()
                return True
        used = time.monotonic() - started
        if used >= timeout:
            return False
        time.sleep(min(timeout - used, 0.001 + 0.02 * random.random()))
