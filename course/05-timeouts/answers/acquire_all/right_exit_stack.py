import contextlib
import time


def acquire_all(locks, timeout: float) -> bool:
    if timeout < 0 or any(a is b for i, a in enumerate(locks) for b in locks[:i]):
        raise ValueError
    end = time.monotonic() + timeout
    with contextlib.ExitStack() as stack:
        for lock in locks:
            if not lock.acquire(timeout=max(0.0, end - time.monotonic())):
                return False
            stack.callback(lock.release)
        stack.pop_all()
    return True
