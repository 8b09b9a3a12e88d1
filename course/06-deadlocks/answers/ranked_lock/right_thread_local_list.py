import threading

_local = threading.local()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()

    def _held(self):
        try:
            return _local.held
        except AttributeError:
            _local.held = []
            return _local.held

    def acquire(self, blocking=True, timeout=-1):
        held = self._held()
        if held and not max(lock.rank for lock in held) < self.rank:
            raise LockOrderError(self.rank)
        if self._lock.acquire(blocking, timeout):
            held.append(self)
            return True
        return False

    def release(self):
        held = self._held()
        if self not in held:
            raise RuntimeError("not held by this thread")
        held.remove(self)
        self._lock.release()

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *exc):
        self.release()
