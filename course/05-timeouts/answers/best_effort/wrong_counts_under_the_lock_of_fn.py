# fails: best_effort-2 deadlock, best_effort-5 deadlock
# Whoever skips waits for the counting lock, which is held while fn runs.
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
            with self._counting:
                self.done += 1
                self._fn()
            return True
        finally:
            self._running.release()
