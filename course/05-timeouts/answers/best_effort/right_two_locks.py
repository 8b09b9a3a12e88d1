import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._running = threading.Lock()
        self._counting = threading.Lock()
        self.done = 0
        self.skipped = 0

    def poke(self):
        if self._running.acquire(False):
            try:
                self._fn()
            finally:
                with self._counting:
                    self.done += 1
                self._running.release()
            return True
        with self._counting:
            self.skipped += 1
        return False
