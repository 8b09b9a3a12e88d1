# fails: counter-1 raised, counter-2 raised, counter-6 raised
# Waits a second for the lock and walks in whether or not it got it: a thread that is slower breaks it.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    def increment(self, n=1):
        self._lock.acquire(timeout=1)
        try:
            self._value += n
            return self._value
        finally:
            self._lock.release()

    @property
    def value(self):
        return self._value
