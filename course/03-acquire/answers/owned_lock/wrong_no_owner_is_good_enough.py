# fails: owned_lock-4 raised
# Lets anybody release while the owner is not written down yet.
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
        if self.owner not in (None, threading.get_ident()):
            raise RuntimeError
        self.owner = None
        self._lock.release()

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *e):
        self.release()
