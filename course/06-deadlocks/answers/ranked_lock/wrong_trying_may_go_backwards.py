# fails: ranked_lock-3 finished, ranked_lock-7 raised
# Does not look at the order if it would not wait: no deadlock, but the contract says "whatever its arguments".
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
        if blocking and timeout != 0 and any(not lock.rank < self.rank for lock in held):
            raise LockOrderError
        if self._lock.acquire(blocking, timeout):
            held.append(self)
            return True
        return False

    def release(self):
        if self not in self._held():
            raise RuntimeError("not held by this thread")
        self._held().remove(self)
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
