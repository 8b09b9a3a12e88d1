# fails: inventory-5 raised
# `remove` refuses by a look without the lock, in the middle of a move.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}

    def add(self, item, n):
        with self._lock:
            self._change(item, n)

    def remove(self, item, n):
        if self._counts.get(item, 0) < n:
            raise KeyError(item)
        with self._lock:
            self._change(item, -n)

    def move(self, item, other, n):
        with self._lock:
            self._change(item, -n)
            self._change(other, n)

    def count(self, item):
        with self._lock:
            return self._counts.get(item, 0)

    def total(self):
        with self._lock:
            return sum(self._counts.values())

    def _change(self, item, n):
        count = self._counts.get(item, 0) + n
        if count < 0:
            raise KeyError(item)
        self._counts[item] = count
