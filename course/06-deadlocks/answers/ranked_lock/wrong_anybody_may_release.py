# fails: ranked_lock-7 raised
# The inner Lock lets anybody release it, and so does this one.
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
        self._lock.release()
        if self in self._held():
            self._held().remove(self)

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
