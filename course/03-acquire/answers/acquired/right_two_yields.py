import contextlib
import threading


@contextlib.contextmanager
def acquired(lock, timeout=None):
    if timeout is None:
        with lock:
            yield True
        return
    if timeout == -1 or timeout != timeout:
        raise ValueError("a timeout is not negative")
    if not lock.acquire(True, timeout if timeout < threading.TIMEOUT_MAX else threading.TIMEOUT_MAX):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
