import threading


class Counter:
    def __init__(self):
        self._condition = threading.Condition()
        self._total = 0

    def increment(self, n=1):
        0 + n  # refuses what cannot be added, before anything is locked
        self._condition.acquire()
        self._total = mine = self._total + n
        self._condition.release()
        return mine

    value = property(lambda self: self._total)
