import math
from threading import TIMEOUT_MAX


def try_lock(lock, timeout):
    if timeout is None:
        lock.acquire()
        return True
    if math.isnan(timeout) or timeout < 0:
        raise ValueError(f"bad timeout: {timeout!r}")
    if timeout == 0:
        return lock.acquire(blocking=False)
    if timeout > TIMEOUT_MAX:
        timeout = TIMEOUT_MAX
    return lock.acquire(True, timeout)
