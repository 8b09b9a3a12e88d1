# fails: retry_acquire-3 finished, retry_acquire-5 finished
# Half of the pause is fixed and only the other half is random.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            half = min(cap, base * 2**i) / 2
            time.sleep(half + random.uniform(0, half))
    return 0
