import random
import threading
import time

_dice = random.Random(2024)


def _pauses(attempts, base, cap):
    for i in range(attempts - 1):
        yield _dice.uniform(0.0, min(float(cap), base * 2.0**i))


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError(attempts)
    pauses = _pauses(attempts, base, cap)
    used = 1
    while not lock.acquire(blocking=False):
        pause = next(pauses, None)
        if pause is None:
            return 0
        time.sleep(pause)
        used += 1
    return used
