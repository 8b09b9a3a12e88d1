# fails: best_effort-2 deadlock, best_effort-5 deadlock
# Between the question locked() and the acquire somebody else can take the lock.
import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._running = threading.Lock()
        self._counting = threading.Lock()
        self.done = 0
        self.skipped = 0

    def poke(self):
        if self._running.locked():
            with self._counting:
                self.skipped += 1
            return False
        with self._running:
            with self._counting:
                self.done += 1
            self._fn()
            return True
