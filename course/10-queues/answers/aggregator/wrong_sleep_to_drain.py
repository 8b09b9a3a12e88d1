# fails: aggregator-2 finished, aggregator-3 finished, aggregator-5 finished, aggregator-6 finished
# Sleeping gives the owner some time. How much it needs, nobody knows.
import queue
import threading
import time


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.items = queue.SimpleQueue()
        self.closed = False
        self.door = threading.Lock()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while True:
            key, n = self.items.get()
            try:
                self.counts[key] = self.counts.get(key, 0) + n
            except BaseException:
                self.errors += 1

    def add(self, key, n=1):
        with self.door:
            if self.closed:
                raise RuntimeError("stopped")
            self.items.put((key, n))

    def stop(self):
        with self.door:
            self.closed = True
        time.sleep(1)
        return dict(self.counts)
