# fails: counter-6 finished
# Takes the lock only to count up: n may be negative, and that addition is read, add and write as well.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        if n < 0:
            self._value += n
            return self._value
        with self._lock:
            self._value += n
            return self._value

    @property
    def value(self):
        return self._value
