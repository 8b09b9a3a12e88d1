import threading


def try_lock(lock, timeout):
    """-1 acquire takes, and minus infinity overflows; the other negative numbers it refuses by itself."""
    if timeout is None:
        timeout = -1
    elif timeout in (-1, float("-inf")):
        raise ValueError("timeout must not be negative")
    elif timeout > threading.TIMEOUT_MAX:
        timeout = threading.TIMEOUT_MAX
    return lock.acquire(timeout=timeout)
