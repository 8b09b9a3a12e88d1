# fails: best_effort-1 finished, best_effort-3 finished, best_effort-4 finished, best_effort-5 finished
# The result of fn in place of whether it ran.
import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._running = threading.Lock()
        self._counting = threading.Lock()
        self.done = 0
        self.skipped = 0

    def poke(self):
        if not self._running.acquire(blocking=False):
            with self._counting:
                self.skipped += 1
            return False
        try:
            return self._fn()
        finally:
            with self._counting:
                self.done += 1
            self._running.release()
