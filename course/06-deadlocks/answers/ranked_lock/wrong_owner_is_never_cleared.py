# fails: ranked_lock-7 raised
# Remembers who acquired it last, and forgets nobody: who has released it may release it again, for the next holder.
import threading

_local = threading.local()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()
        self._owner = None

    def _held(self):
        return getattr(_local, "held", ())

    def acquire(self, blocking=True, timeout=-1):
        if any(not lock.rank < self.rank for lock in self._held()):
            raise LockOrderError
        if not self._lock.acquire(blocking, timeout):
            return False
        self._owner = threading.get_ident()
        _local.held = (*self._held(), self)
        return True

    def release(self):
        if self._owner != threading.get_ident():
            raise RuntimeError("not held by this thread")
        _local.held = tuple(lock for lock in self._held() if lock is not self)
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
