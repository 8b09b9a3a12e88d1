# fails: inventory-2 deadlock, inventory-5 deadlock, inventory-3 deadlock
# The KeyError leaves without releasing: the inventory is closed for ever.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}

    def add(self, item, n):
        with self._lock:
            self._items[item] = self._items.get(item, 0) + n

    def _take(self, item, n):
        self._lock.acquire()
        if self._items.get(item, 0) < n:
            raise KeyError(item)
        self._items[item] = self._items.get(item, 0) - n

    def remove(self, item, n):
        self._take(item, n)
        self._lock.release()

    def move(self, item, other, n):
        self._take(item, n)
        self._items[other] = self._items.get(other, 0) + n
        self._lock.release()

    def count(self, item):
        with self._lock:
            return self._items.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._items.values())
