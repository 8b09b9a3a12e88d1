import threading


class BestEffort:
    """Counts by appending, which is a single step."""

    def __init__(self, fn):
        self._fn = fn
        self._gate = threading.Lock()
        self._done = []
        self._skipped = []

    @property
    def done(self):
        return len(self._done)

    @property
    def skipped(self):
        return len(self._skipped)

    def poke(self):
        if not self._gate.acquire(timeout=0):
            self._skipped.append(None)
            return False
        try:
            self._fn()
        finally:
            self._gate.release()
            self._done.append(None)
        return True
