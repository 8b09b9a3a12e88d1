import itertools
import threading


class BestEffort:
    def __init__(self, fn):
        self._fn = fn
        self._room = threading.Semaphore(1)
        self._lock = threading.Lock()
        self._calls = itertools.count(1)
        self._seen = {True: 0, False: 0}

    done = property(lambda self: self._seen[True])
    skipped = property(lambda self: self._seen[False])

    def _count(self, ran):
        with self._lock:
            self._seen[ran] += 1
        return ran

    def poke(self):
        next(self._calls)
        if not self._room.acquire(blocking=False):
            return self._count(False)
        try:
            self._fn()
        except BaseException:
            self._count(True)
            raise
        else:
            return self._count(True)
        finally:
            self._room.release()
