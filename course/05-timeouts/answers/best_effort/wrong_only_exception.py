# fails: best_effort-3 finished
# except Exception does not see KeyboardInterrupt and its like: the lock stays taken.
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
        self.done += 1
        try:
            self._fn()
        except Exception:
            self._running.release()
            raise
        self._running.release()
        return True
