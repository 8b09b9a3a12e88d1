# fails: best_effort-2 finished, best_effort-4 finished, best_effort-5 finished
# A flag without a lock: sleeping, each call for another time, does not keep two from looking at the same moment.
import itertools
import time

calls = itertools.count()


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._running = False
        self.done = 0
        self.skipped = 0

    def poke(self):
        time.sleep(1e-3 * next(calls))
        if self._running:
            self.skipped += 1
            return False
        self._running = True
        try:
            self._fn()
            return True
        finally:
            self.done += 1
            self._running = False
