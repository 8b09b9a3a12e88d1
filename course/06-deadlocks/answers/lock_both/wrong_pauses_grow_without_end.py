# fails: lock_both-6 finished
# Each pause may be twice as long as the one before, and nothing stops that.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    longest = 0.0005
    while True:
        if a.acquire(blocking=False):
            both = False
            try:
                both = b.acquire(blocking=False)
            finally:
                if not both:
                    a.release()
            if both:
                return True
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, random.uniform(0, longest)))
        longest *= 2
