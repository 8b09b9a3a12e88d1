# fails: retry_acquire-5 finished
# Caps what was drawn: once the limit is large, nearly every pause is exactly the cap, and all meet again.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(min(cap, random.uniform(0, base * 2**i)))
    return 0
