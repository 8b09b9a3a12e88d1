import time


def acquire_all(locks, timeout):
    if not timeout >= 0:
        raise ValueError("negative timeout")
    seen = set()
    for lock in locks:
        if id(lock) in seen:
            raise ValueError("same lock twice")
        seen.add(id(lock))
    return _rest(list(locks), time.monotonic() + timeout)


def _rest(locks, deadline):
    if not locks:
        return True
    first, *others = locks
    left = deadline - time.monotonic()
    got = first.acquire(timeout=left) if left > 0 else first.acquire(blocking=False)
    if not got:
        return False
    done = False
    try:
        done = _rest(others, deadline)
    finally:
        if not done:
            first.release()
    return done
