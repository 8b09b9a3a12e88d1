from time import monotonic


def acquire_all(locks, timeout):
    """Does not even try the remaining locks once the budget is spent."""
    if timeout < 0:
        raise ValueError("timeout")
    for index, lock in enumerate(locks):
        for other in locks[index + 1 :]:
            if lock is other:
                raise ValueError("twice")
    start = monotonic()
    taken = 0
    try:
        for lock in locks:
            remaining = timeout - (monotonic() - start)
            if timeout == 0:
                ok = lock.acquire(False)
            elif remaining <= 0:
                ok = False
            else:
                ok = lock.acquire(timeout=remaining)
            if not ok:
                _undo(locks[:taken])
                return False
            taken += 1
    except BaseException:
        _undo(locks[:taken])
        raise
    return True


def _undo(locks):
    for lock in locks[::-1]:
        lock.release()
