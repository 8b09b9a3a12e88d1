import threading


class Aggregator(threading.Thread):
    def __init__(self):
        super().__init__()
        self.errors = 0
        self.batch = []
        self.closing = False
        self.lock = threading.Lock()
        self.something = threading.Event()
        self.counts = {}
        self.start()

    def run(self):
        closing = False
        while not closing:
            self.something.wait()
            with self.lock:
                batch, self.batch = self.batch, []
                closing = self.closing
                self.something.clear()
            for key, n in batch:
                try:
                    self.counts.update({key: self.counts.get(key, 0) + n})
                except BaseException:
                    self.errors += 1

    def add(self, key, n=1):
        with self.lock:
            if self.closing:
                raise RuntimeError("closed")
            self.batch.append((key, n))
            self.something.set()

    def stop(self):
        with self.lock:
            self.closing = True
            self.something.set()
        self.join()
        return dict(self.counts)
