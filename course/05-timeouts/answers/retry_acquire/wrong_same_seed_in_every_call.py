# fails: retry_acquire-3 finished, retry_acquire-5 finished
# Every call throws the same numbers: two callers step in time for ever.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    dice = random.Random(42)
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(dice.uniform(0, min(cap, base * 2**i)))
    return 0
