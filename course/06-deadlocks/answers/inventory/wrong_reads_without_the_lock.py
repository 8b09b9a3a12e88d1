# fails: inventory-4 finished, inventory-5 finished
# Readers go without the lock and see a move half done.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
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
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n
            self._items[other] = self._items.get(other, 0) + n

    def count(self, item):
        return self._items.get(item, 0)

    def total(self):
        return sum(self._items.values())
