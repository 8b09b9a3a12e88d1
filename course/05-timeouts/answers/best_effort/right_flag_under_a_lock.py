from threading import Lock


class BestEffort:
    def __init__(self, fn):
        self.fn = fn
        self.lock = Lock()
        self.busy = False
        self.done = self.skipped = 0

    def poke(self) -> bool:
        with self.lock:
            if self.busy:
                self.skipped += 1
                return False
            self.busy = True
            self.done += 1
        try:
            self.fn()
        finally:
            with self.lock:
                self.busy = False
        return True
