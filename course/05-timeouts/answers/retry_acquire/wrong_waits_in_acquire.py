# fails: retry_acquire-2 finished, retry_acquire-3 finished, retry_acquire-5 finished
# Waits inside acquire in place of sleeping: the tries block.
import random


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts - 1):
        if lock.acquire(timeout=random.uniform(0, min(cap, base * 2**i))):
            return i + 1
    return attempts if lock.acquire(blocking=False) else 0
