# fails: retry_acquire-5 finished
# Who comes at the same moment gets the same seed, hence the same times: they meet again at every try.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    dice = random.Random(time.monotonic())
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(dice.uniform(0, min(cap, base * 2**i)))
    return 0
