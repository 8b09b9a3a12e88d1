# fails: counter-3 finished
# value is a plain attribute: anybody may assign it.
import threading


class Counter:
    def __init__(self):
        self.value = 0
        self._lock = threading.Lock()

    def increment(self, n=1):
        with self._lock:
            self.value += n
            return self.value
