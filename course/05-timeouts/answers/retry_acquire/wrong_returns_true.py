# fails: retry_acquire-1 finished, retry_acquire-2 finished, retry_acquire-4 finished, retry_acquire-5 finished
# Says whether, not how many: and no is not 0.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return True
        if i < attempts - 1:
            time.sleep(random.uniform(0, min(cap, base * 2**i)))
    return False
