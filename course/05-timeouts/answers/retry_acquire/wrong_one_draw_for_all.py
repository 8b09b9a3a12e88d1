# fails: retry_acquire-5 finished
# Throws the dice once and doubles the result: the pauses of one call hang together.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    share = random.random()
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(share * min(cap, base * 2**i))
    return 0
