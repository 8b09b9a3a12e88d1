# fails: retry_acquire-5 finished
# Stops doubling after ten tries, whatever the cap.
import random, time


def retry_acquire(lock, attempts, base, cap):
    if attempts < 1:
        raise ValueError
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(random.uniform(0, min(cap, base * 2 ** min(i, 10))))
    return 0
