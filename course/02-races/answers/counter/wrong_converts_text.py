# fails: counter-4 finished
# Makes an int of whatever comes: the text "1" is counted, although it cannot be added to an int.
import threading


class Counter:
    def __init__(self):
        self._v = 0
        self._lock = threading.Lock()

    def increment(self, n=1):
        try:
            n = int(n)
        except ValueError:
            raise TypeError
        with self._lock:
            self._v += n
            return self._v

    @property
    def value(self):
        return self._v
