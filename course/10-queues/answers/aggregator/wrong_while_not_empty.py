# fails: aggregator-1 finished, aggregator-2 finished, aggregator-3 finished, aggregator-4 finished, aggregator-5 finished, aggregator-6 finished
# An owner that ends when the queue is empty may end before the first item has come.
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
        while not self.items.empty():
            key, n = self.items.get()
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
        self.thread.join()
        return dict(self.counts)
