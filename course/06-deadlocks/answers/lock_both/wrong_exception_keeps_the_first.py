# fails: lock_both-6 finished
# When the second acquire raises, the first lock stays held.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(blocking=False):
            if b.acquire(blocking=False):
                return True
            a.release()
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.01))
