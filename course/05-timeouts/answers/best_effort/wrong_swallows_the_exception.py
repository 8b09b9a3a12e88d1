# fails: best_effort-3 finished
# Best effort is about running or not running; what fn raises is the caller's business.
import contextlib
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
        with contextlib.suppress(BaseException):
            self._fn()
        with self._counting:
            self.done += 1
        self._running.release()
        return True
