import random
import time


def lock_both(a, b, timeout: float) -> bool:
    """Waits for the first holding none, tries the second, and changes their roles in every round."""
    if a is b or timeout < 0:
        raise ValueError
    end = time.monotonic() + timeout
    first, second = a, b
    while True:
        if not first.acquire(timeout=max(0, end - time.monotonic())):
            return False
        done = False
        try:
            done = second.acquire(blocking=False)
        finally:
            if not done:
                first.release()
        if done:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(min(random.random() / 50, max(0, end - time.monotonic())))
        first, second = second, first
