# fails: lock_both-4 finished
# Waits only a moment for the second, but holds the first meanwhile.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(blocking=False):
            done = False
            try:
                done = b.acquire(timeout=min(0.001, timeout))
            finally:
                if not done:
                    a.release()
            if done:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.01))
