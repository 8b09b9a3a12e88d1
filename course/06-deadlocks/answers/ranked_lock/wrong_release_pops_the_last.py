# fails: ranked_lock-5 finished, ranked_lock-7
# Releasing takes the latest lock off the list in place of its own.
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
        if self._lock.acquire(blocking, timeout):
            held.append(self)
            return True
        return False

    def release(self):
        held = self._held()
        if not held:
            raise RuntimeError
        held.pop()
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
