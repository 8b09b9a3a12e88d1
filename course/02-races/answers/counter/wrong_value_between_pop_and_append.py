# fails: counter-6 raised
# While somebody increments, the value is out of the deque: who reads it then finds nothing.
import operator
import threading
from collections import deque


class Counter:
    def __init__(self):
        self._history = deque([0], maxlen=1)
        self._turn = threading.Lock()

    def increment(self, n=1):
        n = operator.index(n)
        with self._turn:
            value = self._history.pop() + n
            self._history.append(value)
        return value

    @property
    def value(self):
        return self._history[-1]
