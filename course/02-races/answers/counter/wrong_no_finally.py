# fails: counter-4 deadlock, counter-6 deadlock
# When the addition raises, the lock is never released, and the next call waits for ever.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        self._lock.acquire()
        self._value += n
        result = self._value
        self._lock.release()
        return result

    @property
    def value(self):
        return self._value
