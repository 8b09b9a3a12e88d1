# fails: counter-6 finished
# Adds n as n separate ones, each under the lock, but another call may get in between them.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        new = self._value
        for _ in range(n):
            with self._lock:
                self._value += 1
                new = self._value
        return new

    @property
    def value(self):
        return self._value
