# fails: lock_both-6 raised
# Takes them the other way round in every second round, and on an exception releases `a` all the same.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    first, second = a, b
    while True:
        if first.acquire(blocking=False):
            try:
                if second.acquire(blocking=False):
                    return True
            except BaseException:
                a.release()
                raise
            first.release()
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.02))
        first, second = second, first
