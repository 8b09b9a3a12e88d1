# fails: inventory-4 finished, inventory-5 finished
# Counts without the lock, and hopes that a nap before each call keeps the moves away.
import itertools
import threading
import time

calls = itertools.count()


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}

    def add(self, item, n):
        time.sleep(1e-3 * next(calls))
        with self._lock:
            self._items[item] = self._items.get(item, 0) + n

    def remove(self, item, n):
        time.sleep(1e-3 * next(calls))
        with self._lock:
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n

    def move(self, item, other, n):
        time.sleep(1e-3 * next(calls))
        with self._lock:
            if self._items.get(item, 0) < n:
                raise KeyError(item)
            self._items[item] = self._items.get(item, 0) - n
            self._items[other] = self._items.get(other, 0) + n

    def count(self, item):
        time.sleep(1e-3 * next(calls))
        return self._items.get(item, 0)

    def total(self):
        time.sleep(1e-3 * next(calls))
        with self._lock:
            return sum(self._items.values())
