# fails: best_effort-2 finished
# A short timeout is still a wait: the caller wanted to go on at once.
import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._running = threading.Lock()
        self._counting = threading.Lock()
        self.done = 0
        self.skipped = 0

    def poke(self):
        if not self._running.acquire(timeout=0.01):
            with self._counting:
                self.skipped += 1
            return False
        try:
            self._fn()
            return True
        finally:
            with self._counting:
                self.done += 1
            self._running.release()
