# fails: ranked_lock-1, ranked_lock-7 finished, ranked_lock-8 finished
# Lets equal ranks through: two locks of one rank have no order among them.
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
        if any(lock.rank > self.rank for lock in held):
            raise LockOrderError
        if self._lock.acquire(blocking, timeout):
            held.append(self)
            return True
        return False

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
