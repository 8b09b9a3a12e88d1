# fails: ranked_lock-2 raised, ranked_lock-3 deadlock, ranked_lock-4 deadlock, ranked_lock-6 deadlock, ranked_lock-7 deadlock
# One list of held locks for all threads: what another thread holds counts too.
import threading

_held = []


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()

    def acquire(self, blocking=True, timeout=-1):
        if any(not lock.rank < self.rank for lock in list(_held)):
            raise LockOrderError
        if self._lock.acquire(blocking, timeout):
            _held.append(self)
            return True
        return False

    def release(self):
        if self not in _held:
            raise RuntimeError
        _held.remove(self)
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
