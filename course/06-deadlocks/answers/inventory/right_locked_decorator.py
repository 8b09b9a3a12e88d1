import functools
import threading
from collections import defaultdict


def locked(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        with self._lock:
            return method(self, *args)

    return wrapper


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._n = defaultdict(int)

    @locked
    def add(self, item, n):
        self._n[item] += n

    @locked
    def remove(self, item, n):
        self._take(item, n)

    @locked
    def move(self, item, other, n):
        self._take(item, n)
        self._n[other] += n

    @locked
    def count(self, item):
        return self._n[item]

    @locked
    def total(self):
        return sum(self._n[item] for item in list(self._n))

    def _take(self, item, n):
        if self._n[item] < n:
            raise KeyError(f"{item}: {self._n[item]} < {n}")
        self._n[item] -= n
