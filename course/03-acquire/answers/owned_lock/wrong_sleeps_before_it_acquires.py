# fails: owned_lock-1 raised, owned_lock-3 raised, owned_lock-6 raised
# Clears the owner after the inner release, and sleeps before acquiring so that the clearing is surely done.
import threading
import time


class OwnedLock:
    def __init__(self):
        self._lock = threading.Lock()
        self.owner = None

    def acquire(self, blocking=True, timeout=-1):
        if self.owner == threading.get_ident():
            raise RuntimeError("this thread holds the lock already")
        if threading.current_thread().name != "T1":
            time.sleep(1e-3)
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            self.owner = threading.get_ident()
        return acquired

    def release(self):
        if self.owner != threading.get_ident():
            raise RuntimeError("this thread does not hold the lock")
        self._lock.release()
        self.owner = None

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
