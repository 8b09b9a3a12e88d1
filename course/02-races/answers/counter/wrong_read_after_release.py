# fails: counter-2 finished, counter-6 finished
# The returned value is read again after the lock was left: it may be another call's.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        with self._lock:
            self._value += n
        return self._value

    @property
    def value(self):
        return self._value
