# fails: aggregator-6 deadlock
# `stop` waits for the owner while it holds the lock that `add` needs.
import queue
import threading


class Aggregator:
    def __init__(self):
        self.errors = 0
        self._counts = {}
        self._items = queue.SimpleQueue()
        self._closed = False
        self._door = threading.Lock()
        self._owner = threading.Thread(target=self._work)
        self._owner.start()

    def _work(self):
        while (item := self._items.get()) is not None:
            key, n = item
            try:
                self._counts[key] = self._counts.get(key, 0) + n
            except BaseException:
                self.errors += 1

    def add(self, key, n=1):
        with self._door:
            if self._closed:
                raise RuntimeError("stopped")
            self._items.put((key, n))

    def stop(self):
        with self._door:
            if not self._closed:
                self._closed = True
                self._items.put(None)
            self._owner.join()
        return dict(self._counts)
