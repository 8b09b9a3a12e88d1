# fails: inventory-6 finished
# An RLock lets public methods call each other; the contract asks for a plain Lock and for layers.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.RLock()
        self._items = {}

    def add(self, item, n):
        with self._lock:
            self._items[item] = self._items.get(item, 0) + n

    def remove(self, item, n):
        with self._lock:
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n

    def move(self, item, other, n):
        with self._lock:
            self.remove(item, n)
            self.add(other, n)

    def count(self, item):
        with self._lock:
            return self._items.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._items.values())
