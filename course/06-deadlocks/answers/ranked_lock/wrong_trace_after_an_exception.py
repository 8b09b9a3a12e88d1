# fails: ranked_lock-4 raised, ranked_lock-7 raised
# Noted before it is acquired, and crossed out again only on False: an acquire that raises leaves its trace.
import threading

_t = threading.local()


class RankedLock:
    def __init__(self, rank):
        self.rank = rank
        self.l = threading.Lock()

    def acquire(self, blocking=True, timeout=-1):
        h = _t.__dict__.setdefault("h", [])
        if any(x.rank >= self.rank for x in h):
            raise LockOrderError
        h.append(self)
        if self.l.acquire(blocking, timeout):
            return True
        h.remove(self)
        return False

    def release(self):
        h = _t.__dict__.setdefault("h", [])
        if self not in h:
            raise RuntimeError
        h.remove(self)
        self.l.release()

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *e):
        self.release()
