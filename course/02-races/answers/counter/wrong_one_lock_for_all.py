# fails: counter-5 deadlock
# The lock belongs to the class: all counters share it and wait for each other.
import threading


class Counter:
    _lock = threading.Lock()

    def __init__(self):
        self._value = 0

    def increment(self, n=1):
        with self._lock:
            self._value += n
            return self._value

    @property
    def value(self):
        return self._value
