# fails: lock_both-1 finished
# Looks at the clock before it looks at the locks: with a timeout of 0 it never tries.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if a.acquire(blocking=False):
            done = False
            try:
                done = b.acquire(blocking=False)
            finally:
                if not done:
                    a.release()
            if done:
                return True
        time.sleep(random.uniform(0.001, 0.01))
    return False
