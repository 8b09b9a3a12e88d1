# fails: counter-1 deadlock, counter-2 deadlock, counter-3 deadlock, counter-4 deadlock, counter-5 deadlock, counter-6 deadlock
# increment() holds the lock and asks for value, which wants the same lock: it waits for itself.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        with self._lock:
            self._value += n
            return self.value

    @property
    def value(self):
        with self._lock:
            return self._value
