import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}

    def _add(self, item, n):
        self._items[item] = self._items.get(item, 0) + n

    def _remove(self, item, n):
        if self._items.get(item, 0) < n:
            raise KeyError(item)
        self._add(item, -n)

    def add(self, item, n):
        with self._lock:
            self._add(item, n)

    def remove(self, item, n):
        with self._lock:
            self._remove(item, n)

    def move(self, item, other, n):
        with self._lock:
            self._remove(item, n)
            self._add(other, n)

    def count(self, item):
        with self._lock:
            return self._items.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._items.values())
