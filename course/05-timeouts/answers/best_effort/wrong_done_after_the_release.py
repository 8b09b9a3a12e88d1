# fails: best_effort-4 finished
# done is counted without any lock, after the one that would have protected it was released.
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
            self._fn()
        finally:
            self._running.release()
            self.done += 1
        return True
