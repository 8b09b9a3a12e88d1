# fails: retry_acquire-4 finished
# attempts=0 quietly gives up without having tried.
import random
import time


def retry_acquire(lock, attempts, base, cap):
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(random.uniform(0, min(cap, base * 2**i)))
    return 0
