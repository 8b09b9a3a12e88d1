import random
from time import sleep


def retry_acquire(lock, attempts: int, base: float, cap: float) -> int:
    if attempts <= 0:
        raise ValueError("at least one attempt, please")
    limit = base
    tries = 0
    while True:
        tries += 1
        if lock.acquire(timeout=0):
            return tries
        if tries == attempts:
            return 0
        sleep(min(limit, cap) * random.random())
        limit *= 2
