import threading


class Inventory:
    """Keeps a journal; counts are sums over it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._journal = []

    def _sum(self, item):
        return sum(n for name, n in self._journal if name == item)

    def add(self, item, n):
        with self._lock:
            self._journal.append((item, n))

    def remove(self, item, n):
        with self._lock:
            if self._sum(item) < n:
                raise KeyError(item)
            self._journal.append((item, -n))

    def move(self, item, other, n):
        with self._lock:
            if self._sum(item) < n:
                raise KeyError(item)
            self._journal += [(item, -n), (other, n)]

    def count(self, item):
        with self._lock:
            return self._sum(item)

    def total(self):
        with self._lock:
            return sum(n for _, n in self._journal)
