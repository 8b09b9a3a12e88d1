# fails: retry_acquire-5 finished
# Twenty-one different times, and nothing between them: two clients often draw the same.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(min(cap, base * 2**i) * random.randint(0, 20) / 20)
    return 0
