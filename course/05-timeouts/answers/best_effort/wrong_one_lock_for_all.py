# fails: best_effort-5 finished
# The lock belongs to the class: one object's fn keeps all other objects from running theirs.
import threading


class BestEffort:
    _running = threading.Lock()
    _counting = threading.Lock()

    def __init__(self, fn):
        self._fn = fn
        self.done = 0
        self.skipped = 0

    def poke(self):
        if not self._running.acquire(blocking=False):
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
