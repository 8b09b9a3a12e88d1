# fails: inventory-5 raised
# An unknown item has 0, and 0 can be moved from it: looking it up with [] raises KeyError.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._c = {}

    def add(self, item, n):
        with self._lock:
            self._c[item] = self._c.get(item, 0) + n

    def remove(self, item, n):
        with self._lock:
            if self._c.get(item, 0) < n:
                raise KeyError(item)
            self._c[item] = self._c.get(item, 0) - n

    def move(self, item, other, n):
        with self._lock:
            if self._c[item] < n:
                raise KeyError(item)
            self._c[item] -= n
            self._c[other] = self._c.get(other, 0) + n

    def count(self, item):
        with self._lock:
            return self._c.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._c.values())
