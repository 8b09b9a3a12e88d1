import threading


class Counter:
    """Optimistic: compute outside the lock, store only if nobody was faster, else try again."""

    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        while True:
            old = self._value
            new = old + n
            with self._lock:
                if self._value == old:
                    self._value = new
                    return new

    @property
    def value(self):
        return self._value
