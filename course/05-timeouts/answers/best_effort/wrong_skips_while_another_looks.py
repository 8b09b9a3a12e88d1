# fails: best_effort-5 finished
# Skips when the little lock around the flag is taken, although whoever has it only looks and skips.
import threading


class BestEffort:
    def __init__(self, fn):
        self.fn = fn
        self.l = threading.Lock()
        self.c = threading.Lock()
        self.done = self.skipped = 0
        self.running = False

    def poke(self):
        if not self.c.acquire(False):
            with self.l:
                self.skipped += 1
            return False
        if self.running:
            self.c.release()
            with self.l:
                self.skipped += 1
            return False
        self.running = True
        self.c.release()
        try:
            self.fn()
        finally:
            with self.l:
                self.done += 1
            self.running = False
        return True
