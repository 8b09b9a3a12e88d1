# fails: counter-1 finished, counter-2 finished, counter-6 finished
# The lock is made by the first call that needs it: two first calls make two locks.
import threading


class Counter:
    def __init__(self):
        self._lock = None
        self._value = 0

    def increment(self, n=1):
        if self._lock is None:
            self._lock = threading.Lock()
        with self._lock:
            self._value += n
            return self._value

    @property
    def value(self):
        return self._value
