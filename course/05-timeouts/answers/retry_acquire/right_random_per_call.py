import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError("attempts < 1")
    dice = random.Random()
    limits = (min(cap, base * pow(2, i)) for i in range(attempts - 1))
    for used, limit in enumerate([*limits, None], start=1):
        if lock.acquire(blocking=False):
            return used
        if limit is not None:
            time.sleep(dice.uniform(0, limit))
    return 0
