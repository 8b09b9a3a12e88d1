import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self._counts = {}
        self._queue = queue.Queue()
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            item = self._queue.get()
            if item is self:
                break
            key, n = item
            try:
                new = self._counts.get(key, 0) + n
                self._counts[key] = new
            except BaseException:
                self.errors += 1

    def add(self, key, n=1):
        with self._lock:
            if self._stopped:
                raise RuntimeError("stopped")
            self._queue.put((key, n))

    def stop(self):
        with self._lock:
            first = not self._stopped
            self._stopped = True
        if first:
            self._queue.put(self)
        self._thread.join()
        return self._counts.copy()
