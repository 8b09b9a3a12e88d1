# fails: aggregator-3, aggregator-6 finished
# Nothing says "stopped", so an add after the sentinel is taken and never counted.
import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.items = queue.SimpleQueue()
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
        if not self.thread.is_alive():
            raise RuntimeError("stopped")
        self.items.put((key, n))

    def stop(self):
        self.items.put(None)
        self.thread.join()
        return dict(self.counts)
