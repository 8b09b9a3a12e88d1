# fails: aggregator-1 finished, aggregator-4 deadlock, aggregator-6 deadlock
# A lock around the dict: the addition runs in the caller's thread, and add waits for it.
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.closed = False
        self.lock = threading.Lock()

    def add(self, key, n=1):
        with self.lock:
            if self.closed:
                raise RuntimeError("stopped")
            try:
                self.counts[key] = self.counts.get(key, 0) + n
            except BaseException:
                self.errors += 1

    def stop(self):
        with self.lock:
            self.closed = True
            return dict(self.counts)
