# fails: ranked_lock-2, ranked_lock-4, ranked_lock-7
# Takes the arguments and does not pass them on: every acquire waits for ever.
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
        self._lock.acquire()
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
