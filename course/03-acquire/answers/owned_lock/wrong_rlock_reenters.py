# fails: owned_lock-5 finished
# With an RLock inside, the owner's second acquire succeeds.
import threading


class OwnedLock:
    def __init__(self):
        self._lock = threading.RLock()
        self.owner = None

    def acquire(self, blocking=True, timeout=-1):
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            self.owner = threading.get_ident()
        return acquired

    def release(self):
        if self.owner != threading.get_ident():
            raise RuntimeError("this thread does not hold the lock")
        self.owner = None
        self._lock.release()

    def locked(self):
        return self.owner is not None

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
