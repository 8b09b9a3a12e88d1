# fails: lock_both-5 finished
# Everybody pauses equally long: two threads meet again and again at the same place, a livelock.
import time


def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(blocking=False):
            done = False
            try:
                done = b.acquire(blocking=False)
            finally:
                if not done:
                    a.release()
            if done:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.01)
