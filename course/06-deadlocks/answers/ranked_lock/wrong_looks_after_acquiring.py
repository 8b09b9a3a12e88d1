# fails: ranked_lock-1 deadlock, ranked_lock-3, ranked_lock-7 raised
# Acquires first and looks at the order then: by that time it may be waiting for ever.
import threading

_local = threading.local()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()

    def _held(self):
        if not hasattr(_local, "held"):
            _local.held = []
        return _local.held

    def acquire(self, blocking=True, timeout=-1):
        held = self._held()
        if not self._lock.acquire(blocking, timeout):
            return False
        if any(not lock.rank < self.rank for lock in held):
            self._lock.release()
            raise LockOrderError
        held.append(self)
        return True

    def release(self):
        held = self._held()
        if self not in held:
            raise RuntimeError
        held.remove(self)
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
