# fails: owned_lock-2 raised, owned_lock-3 raised, owned_lock-6 raised
# The owner is set whether or not the inner acquire succeeded.
import threading


class OwnedLock:
    def __init__(self):
        self._lock = threading.Lock()
        self.owner = None

    def acquire(self, blocking=True, timeout=-1):
        if self.owner == threading.get_ident():
            raise RuntimeError("this thread holds the lock already")
        acquired = self._lock.acquire(blocking, timeout)
        self.owner = threading.get_ident()
        return acquired

    def release(self):
        if self.owner != threading.get_ident():
            raise RuntimeError("this thread does not hold the lock")
        self.owner = None
        self._lock.release()

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
