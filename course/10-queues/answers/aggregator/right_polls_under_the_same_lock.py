import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = {}
        self.items = queue.Queue()
        self.closed = False
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def work(self):
        while True:
            try:
                key, n = self.items.get(timeout=0.1)
            except queue.Empty:
                with self.lock:
                    if self.closed and self.items.empty():
                        return
                continue
            try:
                self.counts[key] = self.counts.get(key, 0) + n
            except BaseException:
                self.errors += 1

    def add(self, key, n=1):
        with self.lock:
            if self.closed:
                raise RuntimeError("closed")
            self.items.put((key, n))

    def stop(self):
        with self.lock:
            self.closed = True
        self.thread.join()
        return dict(self.counts)
