# fails: retry_acquire-2 finished
# Sleeps once more before it gives up: nobody will try again, the time is wasted.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        time.sleep(random.uniform(0, min(cap, base * 2**i)))
    return 0
