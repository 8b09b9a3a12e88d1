import threading


def try_lock(lock, timeout):
    """-1 is the one negative number that acquire takes; the others it refuses by itself."""
    if timeout is None:
        timeout = -1
    elif timeout == -1:
        raise ValueError("timeout must not be negative")
    elif timeout > threading.TIMEOUT_MAX:
        timeout = threading.TIMEOUT_MAX
    return lock.acquire(timeout=timeout)
