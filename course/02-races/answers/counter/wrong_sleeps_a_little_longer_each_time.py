# fails: counter-1 finished, counter-2 finished, counter-6 finished
# No lock: every call sleeps a little longer than the one before, and a thread may be slower than any sleep.
import itertools
import time

calls = itertools.count()


class Counter:
    def __init__(self):
        self._value = 0

    def increment(self, n=1):
        time.sleep(1e-3 * next(calls))
        self._value += n
        return self._value

    @property
    def value(self):
        return self._value
