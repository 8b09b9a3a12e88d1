import threading


class Inventory:
    """Writers replace the whole dict under the lock; readers take one look at whichever is there."""

    def __init__(self):
        self._lock = threading.Lock()
        self._now = {}

    def _apply(self, *changes):
        with self._lock:
            new = dict(self._now)
            for item, n in changes:
                new[item] = new.get(item, 0) + n
                if new[item] < 0:
                    raise KeyError(item)
            self._now = new

    def add(self, item, n):
        self._apply((item, n))

    def remove(self, item, n):
        self._apply((item, -n))

    def move(self, item, other, n):
        self._apply((item, -n), (other, n))

    def count(self, item):
        return self._now.get(item, 0)

    def total(self):
        return sum(self._now.values())
