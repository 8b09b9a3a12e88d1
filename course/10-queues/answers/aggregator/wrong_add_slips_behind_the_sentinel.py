# fails: aggregator-3 finished
# Between the look at the flag and the put, stop can put its sentinel: the item comes after it, and nobody reads it.
import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.items = queue.Queue()
        self.stopped = False
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
        if self.stopped:
            raise RuntimeError("stopped")
        self.items.put((key, n))

    def stop(self):
        self.stopped = True
        self.items.put(None)
        self.thread.join()
        return dict(self.counts)
