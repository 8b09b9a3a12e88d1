# fails: lock_both-3, lock_both-4 finished, lock_both-5 finished
# Sleeps first and gives the lock back then: while it sleeps nobody else gets through.
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
                done = b.acquire(blocking=False)
                if not done:
                    time.sleep(random.uniform(0.001, 0.01))
            finally:
                if not done:
                    a.release()
            if done:
                return True
        else:
            time.sleep(random.uniform(0.001, 0.01))
        if time.monotonic() >= deadline:
            return False
