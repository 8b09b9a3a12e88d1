# fails: inventory-5 finished
# Keeps a running total, and changes it after the lock is released.
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}
        self._total = 0

    def add(self, item, n):
        with self._lock:
            self._change(item, n)
        self._total += n

    def remove(self, item, n):
        with self._lock:
            self._change(item, -n)
        self._total -= n

    def move(self, item, other, n):
        with self._lock:
            self._change(item, -n)
            self._change(other, n)

    def count(self, item):
        with self._lock:
            return self._counts.get(item, 0)

    def total(self):
        with self._lock:
            return self._total

    def _change(self, item, n):
        count = self._counts.get(item, 0) + n
        if count < 0:
            raise KeyError(item)
        self._counts[item] = count
