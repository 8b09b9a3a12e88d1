import threading


class OwnedLock:
    """No lock is held while the OwnedLock is: its state is the owner, guarded by a condition."""

    def __init__(self):
        self._changed = threading.Condition()
        self._owner = None

    @property
    def owner(self):
        return self._owner

    def acquire(self, blocking=True, timeout=-1):
        me = threading.get_ident()
        if self._owner == me:
            raise RuntimeError("cannot acquire twice")
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout != -1 and not timeout >= 0:
            raise ValueError("timeout value must be a non-negative number")
        if timeout > threading.TIMEOUT_MAX:
            raise OverflowError("timeout value is too large")
        wait = 0 if not blocking else None if timeout == -1 else timeout
        with self._changed:
            if not self._changed.wait_for(lambda: self._owner is None, wait):
                return False
            self._owner = me
            return True

    def release(self):
        with self._changed:
            if self._owner != threading.get_ident():
                raise RuntimeError("cannot release un-acquired lock")
            self._owner = None
            self._changed.notify()

    def locked(self):
        return self._owner is not None

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()
