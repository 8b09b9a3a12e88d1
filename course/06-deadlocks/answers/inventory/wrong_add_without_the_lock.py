# fails: inventory-3 finished, inventory-6 finished
# add looks harmless; it reads, adds and writes.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}

    def add(self, item, n):
        self._items[item] = self._items.get(item, 0) + n

    def remove(self, item, n):
        with self._lock:
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n

    def move(self, item, other, n):
        with self._lock:
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n
            self.add(other, n)

    def count(self, item):
        with self._lock:
            return self._items.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._items.values())
