# fails: counter-4 raised, counter-6 raised
# Writes the amount down before it knows that it can be added: a bad one spoils the counter.
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._amounts = []

    def increment(self, n=1):
        with self._lock:
            self._amounts.append(n)
            return sum(self._amounts)

    @property
    def value(self):
        return sum(self._amounts)
