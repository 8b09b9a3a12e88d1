# fails: ranked_lock-8
# Starts at rank 0: negative ranks are refused, and words cannot be compared with it.
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
        highest = max([lock.rank for lock in held] + [0])
        if held and not highest < self.rank:
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
