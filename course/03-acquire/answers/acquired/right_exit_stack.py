import threading
from contextlib import ExitStack, contextmanager


@contextmanager
def acquired(lock, timeout=None):
    with ExitStack() as stack:
        if timeout is None:
            stack.enter_context(lock)
            yield True
            return
        if not 0 <= timeout:
            raise ValueError(timeout)
        held = lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
        if held:
            stack.callback(lock.release)
        yield held
