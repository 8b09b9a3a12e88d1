# fails: counter-1 finished, counter-2 finished, counter-4 livelock, counter-6 finished
# A flag of its own in place of a lock: looking at it and setting it are two steps.
import time


class Counter:
    def __init__(self):
        self._busy = False
        self._value = 0

    def increment(self, n=1):
        while self._busy:
            time.sleep(0.001)
        self._busy = True
        self._value += n
        new = self._value
        self._busy = False
        return new

    @property
    def value(self):
        return self._value
