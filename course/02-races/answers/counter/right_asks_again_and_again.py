import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        while not self._lock.acquire(timeout=0.01):
            pass
        try:
            self._value += n
            return self._value
        finally:
            self._lock.release()

    @property
    def value(self):
        return self._value
