import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    dice = random.Random()
    while True:
        for first, second in ((a, b), (b, a)):
            if first.acquire(False):
                try:
                    if second.acquire(False):
                        first = None
                        return True
                finally:
                    if first is not None:
                        first.release()
        if time.monotonic() >= deadline:
            return False
        time.sleep(dice.expovariate(200) + 1e-4)
