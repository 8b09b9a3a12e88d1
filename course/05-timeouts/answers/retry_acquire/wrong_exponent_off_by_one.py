# fails: retry_acquire-3 finished
# Counts the failed tries from 1: the first pause may already be twice as long.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(1, attempts + 1):
        if lock.acquire(blocking=False):
            return i
        if i < attempts:
            time.sleep(random.uniform(0, min(cap, base * 2**i)))
    return 0
