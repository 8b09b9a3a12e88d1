import queue
import threading

STOP = object()


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.inbox = queue.SimpleQueue()
        self.door = threading.RLock()
        self.stopped = False
        self.final = None
        self.worker = threading.Thread(target=self._serve, args=({},))
        self.worker.start()

    def _serve(self, counts):
        for key, n in iter(self.inbox.get, STOP):
            try:
                counts[key] = counts.get(key, 0) + n
            except BaseException:
                self.errors = self.errors + 1
        self.final = counts

    def add(self, key, n=1):
        with self.door:
            if self.stopped:
                raise RuntimeError("add after stop")
            self.inbox.put((key, n))

    def stop(self):
        with self.door:
            self.stopped = True
            self.inbox.put(STOP)  # what comes after the first one, nobody reads
        self.worker.join()
        return dict(self.final)
