import collections
import threading


class Inventory:
    def __init__(self):
        self._lock = threading.Lock()
        self._stock = collections.Counter()

    def add(self, item, n: int) -> None:
        self._lock.acquire()
        try:
            self._stock[item] += n
        finally:
            self._lock.release()

    def remove(self, item, n: int) -> None:
        self._lock.acquire()
        try:
            if n > self._stock[item]:
                raise KeyError(item)
            self._stock[item] -= n
        finally:
            self._lock.release()

    def move(self, item, other, n: int) -> None:
        self._lock.acquire()
        try:
            if n > self._stock[item]:
                raise KeyError(item)
            self._stock[item] -= n
            self._stock[other] += n
        finally:
            self._lock.release()

    def count(self, item) -> int:
        with self._lock:
            return self._stock[item]

    def total(self) -> int:
        with self._lock:
            return self._stock.total()
