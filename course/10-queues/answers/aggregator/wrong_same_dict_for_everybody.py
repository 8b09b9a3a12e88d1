# fails: aggregator-5 finished, aggregator-6 finished
# What one caller does to the result, the next one gets.
import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.items = queue.SimpleQueue()
        self.closed = False
        self.door = threading.Lock()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while (item := self.items.get()) is not None:
            key, n = item
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
            if not self.closed:
                self.closed = True
                self.items.put(None)
        self.thread.join()
        return self.counts
