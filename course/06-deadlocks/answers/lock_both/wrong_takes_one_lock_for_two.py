# fails: lock_both-1 finished
# lock_both(a, a, …) waits until the time is up for what can never be.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0:
        raise ValueError
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(blocking=False):
            done = False
            try:
                done = b.acquire(blocking=False)
            finally:
                if not done:
                    a.release()
            if done:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.01))
