import threading


class OwnedLock:
    """A second small lock guards what is known about the first."""

    def __init__(self):
        self._mutex = threading.Lock()
        self._guard = threading.Lock()
        self._owner = None

    @property
    def owner(self):
        with self._guard:
            return self._owner

    def acquire(self, blocking=True, timeout=-1):
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                raise RuntimeError("already the owner")
        if self._mutex.acquire(blocking, timeout):
            with self._guard:
                self._owner = me
            return True
        return False

    def release(self):
        with self._guard:
            if self._owner is None or self._owner != threading.get_ident():
                raise RuntimeError("not the owner")
            self._owner = None
            self._mutex.release()

    def locked(self):
        return self._mutex.locked()

    def __enter__(self):
        if not self.acquire():
            raise RuntimeError("cannot happen")
        return self

    def __exit__(self, *exception):
        self.release()
