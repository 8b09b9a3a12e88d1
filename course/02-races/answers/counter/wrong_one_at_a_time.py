# fails: counter-3 finished, counter-6 finished
# Adds n as n separate ones, each under the lock, but another call may get in between them. And a negative n adds nothing.
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
