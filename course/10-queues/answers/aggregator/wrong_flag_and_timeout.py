# fails: aggregator-1 finished, aggregator-2 finished, aggregator-3 finished, aggregator-4 finished, aggregator-5 finished, aggregator-6 finished
# The owner looks at the flag before it looks at the queue: what still waits is lost.
import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.items = queue.Queue()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while not self.stopped.is_set():
            try:
                key, n = self.items.get(timeout=0.1)
            except queue.Empty:
                continue
            try:
                self.counts[key] = self.counts.get(key, 0) + n
            except BaseException:
                self.errors += 1

    def add(self, key, n=1):
        if self.stopped.is_set():
            raise RuntimeError("stopped")
        self.items.put((key, n))

    def stop(self):
        self.stopped.set()
        self.thread.join()
        return dict(self.counts)
