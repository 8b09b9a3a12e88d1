import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError("attempts")
    for i in range(attempts):
        if i:
            time.sleep(random.uniform(0, min(cap, base * 2 ** (i - 1))))
        if lock.acquire(False):
            return i + 1
    return 0
