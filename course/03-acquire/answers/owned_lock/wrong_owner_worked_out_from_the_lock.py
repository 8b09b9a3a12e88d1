# fails: owned_lock-6 finished
# The last owner is never cleared; while the next one is coming in, the one who left still counts as owner.
import threading


class OwnedLock:
    def __init__(self):
        self._lock = threading.Lock()
        self._last = None

    @property
    def owner(self):
        return self._last if self._lock.locked() else None

    def acquire(self, blocking=True, timeout=-1):
        if self.owner == threading.get_ident():
            raise RuntimeError("this thread holds the lock already")
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            self._last = threading.get_ident()
        return acquired

    def release(self):
        if self.owner != threading.get_ident():
            raise RuntimeError("this thread does not hold the lock")
        self._lock.release()

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
