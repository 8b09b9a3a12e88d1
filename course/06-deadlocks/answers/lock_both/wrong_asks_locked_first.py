# fails: lock_both-4 finished
# Asks whether the second is free and then waits for it: in between somebody else may have taken it.
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
                if not b.locked():
                    done = b.acquire()
            finally:
                if not done:
                    a.release()
            if done:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.01))
