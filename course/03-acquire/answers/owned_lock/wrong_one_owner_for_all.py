# fails: owned_lock-2 finished, owned_lock-5 raised
# The owner is kept on the class: all locks have the same one.
import threading


class OwnedLock:
    owner = None

    def __init__(self):
        self._lock = threading.Lock()

    def acquire(self, blocking=True, timeout=-1):
        if self.owner == threading.get_ident():
            raise RuntimeError("this thread holds the lock already")
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            OwnedLock.owner = threading.get_ident()
        return acquired

    def release(self):
        if self.owner != threading.get_ident():
            raise RuntimeError("this thread does not hold the lock")
        OwnedLock.owner = None
        self._lock.release()

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
