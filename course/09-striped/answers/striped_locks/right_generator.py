from contextlib import contextmanager
from threading import Lock


class StripedLocks:
    def __init__(self, stripes=16):
        self._stripes = [Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        wanted = [False] * len(self._stripes)
        for key in keys:
            wanted[hash(key) % len(self._stripes)] = True
        held = []
        try:
            for lock, needed in zip(self._stripes, wanted):
                if needed:
                    lock.acquire()
                    held.append(lock)
            yield
        finally:
            for lock in held:
                lock.release()
