import threading
from contextlib import contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = tuple(threading.Semaphore(1) for _ in range(stripes))

    @contextmanager
    def _nested(self, numbers):
        if not numbers:
            yield
            return
        with self.locks[numbers[0]], self._nested(numbers[1:]):
            yield

    def hold(self, *keys):
        numbers = {hash(key) % len(self.locks) for key in keys}
        return self._nested(sorted(numbers))
