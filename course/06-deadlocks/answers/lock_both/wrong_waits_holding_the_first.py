# fails: lock_both-3 finished, lock_both-4 finished, lock_both-5 finished
# Holds the first and waits for the second: that is the deadlock, with a way out at the end.
import random
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    if not a.acquire(timeout=timeout):
        return False
    done = False
    try:
        done = b.acquire(timeout=max(0, deadline - time.monotonic()))
        return done
    finally:
        if not done:
            a.release()
