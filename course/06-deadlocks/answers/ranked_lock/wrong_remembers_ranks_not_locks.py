# fails: ranked_lock-7 raised
# Keeps ranks in place of locks: it may release another lock of the same rank.
import threading

_local = threading.local()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self._lock = threading.Lock()

    def _ranks(self):
        if not hasattr(_local, "ranks"):
            _local.ranks = []
        return _local.ranks

    def acquire(self, blocking=True, timeout=-1):
        ranks = self._ranks()
        if ranks and not max(ranks) < self.rank:
            raise LockOrderError
        if self._lock.acquire(blocking, timeout):
            ranks.append(self.rank)
            return True
        return False

    def release(self):
        if self.rank not in self._ranks():
            raise RuntimeError
        self._ranks().remove(self.rank)
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()
