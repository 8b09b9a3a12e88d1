# fails: acquire_all-3 finished, acquire_all-7 finished
# Waits half a second more for each lock once the budget is spent, also when the budget is 0.
import time


def acquire_all(locks, timeout):
    if timeout < 0 or len(set(map(id, locks))) < len(locks):
        raise ValueError
    end = time.monotonic() + timeout
    got = []
    try:
        for l in locks:
            left = end - time.monotonic()
            if not l.acquire(timeout=left if left > 0 else 0.5):
                return False
            got.append(l)
        got = []
        return True
    finally:
        for g in got[::-1]:
            g.release()
