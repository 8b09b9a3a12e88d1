# fails: lock_both-2 finished, lock_both-3 finished, lock_both-4 finished, lock_both-5 finished
# Tries once and says no, although there was time left.
def lock_both(a, b, timeout):
    if timeout < 0 or a is b:
        raise ValueError
    if not a.acquire(timeout=timeout):
        return False
    done = False
    try:
        done = b.acquire(blocking=False)
        return done
    finally:
        if not done:
            a.release()
