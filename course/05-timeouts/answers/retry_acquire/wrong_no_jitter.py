# fails: retry_acquire-3 finished, retry_acquire-5 finished
# Doubles exactly: those who failed together try again together.
import time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(min(cap, base * 2**i))
    return 0
