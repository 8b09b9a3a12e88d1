# fails: lock_both-2 finished
# Every round may wait for the first lock as long as the whole call may: together that is longer.
import random, time


def lock_both(a, b, timeout):
    if a is b or timeout < 0:
        raise ValueError()
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(timeout=timeout):
            got = False
            try:
                got = b.acquire(False)
            finally:
                if not got:
                    a.release()
            if got:
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(random.uniform(0.001, 0.01))
