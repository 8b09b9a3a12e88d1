# fails: inventory-1 finished
# The dict belongs to the class: all inventories are one.
import threading


class Inventory:
    _lock = threading.Lock()
    _items = {}

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
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n
            self._items[other] = self._items.get(other, 0) + n

    def count(self, item):
        with self._lock:
            return self._items.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._items.values())
