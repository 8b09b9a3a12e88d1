# fails: ranked_lock-2 deadlock, ranked_lock-4 deadlock, ranked_lock-7
# Puts itself on the list before the acquire: one that times out stays on it.
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
        if any(not lock.rank < self.rank for lock in held):
            raise LockOrderError
        held.append(self)
        return self._lock.acquire(blocking, timeout)

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
