# fails: retry_acquire-2 finished, retry_acquire-3 finished, retry_acquire-5 finished
# One try and then `attempts` retries: one more than promised.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts + 1):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts:
            time.sleep(random.uniform(0, min(cap, base * 2**i)))
    return 0
