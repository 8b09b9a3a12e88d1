import threading


class OwnedLock:
    """An RLock knows its owner already; only the re-entry has to be refused."""

    def __init__(self):
        self._rlock = threading.RLock()
        self._holder = None

    owner = property(lambda self: self._holder)

    def acquire(self, blocking=True, timeout=-1):
        if self._holder == threading.get_ident():
            raise RuntimeError("not re-entrant")
        got = self._rlock.acquire(blocking=blocking, timeout=timeout)
        if got:
            self._holder = threading.get_ident()
        return got

    def release(self):
        if self._holder != threading.get_ident():
            raise RuntimeError("not yours")
        self._holder = None
        self._rlock.release()

    def locked(self):
        return self._holder is not None

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *exc):
        self.release()
        return False
