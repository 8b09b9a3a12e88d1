# fails: best_effort-5 finished
# Those who skip are those without the lock: their += can lose updates.
import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._running = threading.Lock()
        self.done = 0
        self.skipped = 0

    def poke(self):
        if not self._running.acquire(blocking=False):
            self.skipped += 1
            return False
        try:
            self._fn()
            return True
        finally:
            self.done += 1
            self._running.release()
