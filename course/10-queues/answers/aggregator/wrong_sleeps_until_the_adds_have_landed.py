# fails: aggregator-3 finished
# Between the look and the put of an add any time may pass, also more than stop is willing to sleep.
import queue
import threading
import time


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
        time.sleep(0.5)
        self.items.put(None)
        self.thread.join()
        return dict(self.counts)
