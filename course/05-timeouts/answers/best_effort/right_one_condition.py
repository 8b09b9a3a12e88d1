import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._state = threading.Condition()
        self._runner = None
        self.done = 0
        self.skipped = 0

    def poke(self):
        me = threading.get_ident()
        with self._state:
            if self._runner is None:
                self._runner = me
            else:
                self.skipped += 1
                return False
        try:
            self._fn()
            return True
        finally:
            with self._state:
                self._runner = None
                self.done += 1
