import threading


class RankedLock:
    """Keeps one table for all threads, under a lock of its own."""

    _guard = threading.Lock()
    _table = {}

    def __init__(self, rank):
        self._rank = rank
        self._inner = threading.Lock()

    def _mine(self):
        return self._table.get(threading.get_ident(), ())

    def acquire(self, blocking=True, timeout=-1):
        with self._guard:
            for lock in self._mine():
                if lock._rank >= self._rank:
                    raise LockOrderError(f"{self._rank} after {lock._rank}")
        if not self._inner.acquire(blocking=blocking, timeout=timeout):
            return False
        with self._guard:
            self._table[threading.get_ident()] = (*self._mine(), self)
        return True

    def release(self):
        with self._guard:
            mine = self._mine()
            if not any(lock is self for lock in mine):
                raise RuntimeError("release of a lock that is not held")
            rest = tuple(lock for lock in mine if lock is not self)
            if rest:
                self._table[threading.get_ident()] = rest
            else:
                del self._table[threading.get_ident()]
        self._inner.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, exc_type, exc, traceback):
        self.release()
        return False
