import threading


class _Held(threading.local):
    def __init__(self):
        self.locks = set()


_held = _Held()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()
        self._owner = None

    def acquire(self, blocking=True, timeout=-1):
        if not all(other.rank < self.rank for other in _held.locks):
            raise LockOrderError
        taken = self._lock.acquire(blocking, timeout)
        if taken:
            self._owner = threading.get_ident()
            _held.locks.add(self)
        return taken

    def release(self):
        if self._owner != threading.get_ident():
            raise RuntimeError("not yours")
        self._owner = None
        _held.locks.discard(self)
        self._lock.release()

    __enter__ = acquire

    def __exit__(self, *_):
        self.release()
