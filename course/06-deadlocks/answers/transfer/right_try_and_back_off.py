import random
import time


def transfer(src, dst, amount):
    """Holds the second lock only if it is to be had at once; else steps back and tries again."""
    if src is dst:
        return
    while True:
        with src.lock:
            if dst.lock.acquire(blocking=False):
                try:
                    if src.balance < amount:
                        raise InsufficientFunds
                    src.balance -= amount
                    dst.balance += amount
                    return
                finally:
                    dst.lock.release()
        time.sleep(random.uniform(0.001, 0.01))
