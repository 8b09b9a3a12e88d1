import random
import threading


def retry_acquire(lock, attempts, base, cap):
    """Sleeps on an event that nobody ever sets."""
    if attempts < 1:
        raise ValueError("attempts must be positive")
    never = threading.Event()
    for number in range(1, attempts + 1):
        if lock.acquire(True, 0):
            return number
        if number < attempts:
            never.wait(random.random() * min(cap, base * (1 << (number - 1))))
    return 0
