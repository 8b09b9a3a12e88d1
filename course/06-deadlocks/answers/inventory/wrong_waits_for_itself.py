# fails: inventory-1 deadlock, inventory-2 deadlock, inventory-3 deadlock, inventory-4 deadlock, inventory-5 deadlock, inventory-6 deadlock
# A public method holds the lock and calls another public method, which waits for it for ever.
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
            self.remove(item, n)
            self.add(other, n)

    def count(self, item):
        with self._lock:
            return self._items.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._items.values())
