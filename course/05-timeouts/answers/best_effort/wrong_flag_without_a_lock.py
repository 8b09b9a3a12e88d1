# fails: best_effort-2 deadlock, best_effort-4 finished, best_effort-5 deadlock
# Looking at the flag and setting it are two steps: two threads run fn at once.
class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._busy = False
        self._done, self._skipped = [], []

    done = property(lambda self: len(self._done))
    skipped = property(lambda self: len(self._skipped))

    def poke(self):
        if self._busy:
            self._skipped.append(1)
            return False
        self._busy = True
        try:
            self._fn()
        finally:
            self._done.append(1)
            self._busy = False
        return True
