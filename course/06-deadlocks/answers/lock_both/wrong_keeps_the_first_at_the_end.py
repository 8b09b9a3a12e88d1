# fails: lock_both-1 finished, lock_both-2 finished
# When the time is up it returns with the first lock still held.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(blocking=False):
            try:
                done = b.acquire(blocking=False)
            except BaseException:
                a.release()
                raise
            if done:
                return True
            if time.monotonic() >= deadline:
                return False
            a.release()
        elif time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.01))
