from collections import deque


class Counter:
    """Whoever pops the value is alone with it; the others find the deque empty and try again."""

    def __init__(self):
        self._box = deque([0])

    def _take(self):
        while True:
            try:
                return self._box.pop()
            except IndexError:
                pass

    def increment(self, n=1):
        old = new = self._take()
        try:
            new = old + n
            return new
        finally:
            self._box.append(new)

    @property
    def value(self):
        now = self._take()
        self._box.append(now)
        return now
