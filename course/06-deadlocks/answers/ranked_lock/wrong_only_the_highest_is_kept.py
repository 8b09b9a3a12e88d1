# fails: ranked_lock-5 finished, ranked_lock-8 raised
# Keeps one number, the highest, and forgets everything when any lock is released.
import threading

_local = threading.local()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()
        self._owner = None

    def acquire(self, blocking=True, timeout=-1):
        highest = getattr(_local, "highest", None)
        if highest is not None and not highest < self.rank:
            raise LockOrderError
        if self._lock.acquire(blocking, timeout):
            self._before = highest
            _local.highest = self.rank
            self._owner = threading.get_ident()
            return True
        return False

    def release(self):
        if self._owner != threading.get_ident():
            raise RuntimeError
        self._owner = None
        _local.highest = self._before
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
