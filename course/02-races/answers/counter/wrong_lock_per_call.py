# fails: counter-1 finished, counter-2 finished, counter-6 finished
# Every call makes a lock of its own, so nobody ever waits for anybody.
import threading


class Counter:
    def __init__(self):
        self._value = 0

    def increment(self, n=1):
        lock = threading.Lock()
        with lock:
            self._value += n
            return self._value

    @property
    def value(self):
        return self._value
