# fails: ranked_lock-2 deadlock
# 0 is false: timeout or -1 turns a timeout of 0 into waiting for ever.
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
        if self.l.acquire(blocking, timeout or -1):
            h.append(self)
            return True
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
