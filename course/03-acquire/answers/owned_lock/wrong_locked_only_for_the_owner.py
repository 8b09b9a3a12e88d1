# fails: owned_lock-4 finished
# locked() says whether the asking thread holds the lock, not whether anybody does.
import threading


class OwnedLock:
    def __init__(self):
        self._lock = threading.Lock()
        self.owner = None

    def acquire(self, blocking=True, timeout=-1):
        if self.owner == threading.get_ident():
            raise RuntimeError
        got = self._lock.acquire(blocking, timeout)
        if got:
            self.owner = threading.get_ident()
        return got

    def release(self):
        if self.owner != threading.get_ident():
            raise RuntimeError
        self.owner = None
        self._lock.release()

    def locked(self):
        return self.owner == threading.get_ident()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *e):
        self.release()
