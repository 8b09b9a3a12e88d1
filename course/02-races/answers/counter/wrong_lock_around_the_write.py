# fails: counter-1 finished, counter-2 finished, counter-6 finished
# The value is read before the lock is taken: two threads read the same one.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        new = self._value + n
        with self._lock:
            self._value = new
        return new

    @property
    def value(self):
        return self._value
