# fails: counter-3 raised, counter-6 raised
# Refuses to add a negative number; the contract knows no such limit.
import threading


class Counter:
    def __init__(self):
        self._v = 0
        self._lock = threading.Lock()

    def increment(self, n=1):
        if n < 0:
            raise ValueError
        with self._lock:
            self._v += n
            return self._v

    @property
    def value(self):
        return self._v
