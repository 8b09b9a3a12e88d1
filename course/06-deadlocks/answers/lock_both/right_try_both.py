import random
import time


def lock_both(a, b, timeout):
    if timeout < 0:
        raise ValueError("timeout")
    if a is b:
        raise ValueError("one lock")
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(False):
            try:
                if b.acquire(False):
                    return True
            except BaseException:
                a.release()
                raise
            a.release()
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0, 0.01))
