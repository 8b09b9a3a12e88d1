# fails: aggregator-2 finished, aggregator-3 finished, aggregator-5 finished, aggregator-6 finished
# A join that gives up after five seconds returns what happens to be there.
import queue
import threading


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
        self.thread.join(timeout=5)
        return dict(self.counts)
