# fails: striped_locks-5 finished
# `hold` hands out what it keeps on `self`, and another call may have put its own there meanwhile.
import threading


class Holding:
    def __init__(self, locks):
        self._locks = locks

    def __enter__(self):
        for lock in self._locks:
            lock.acquire()

    def __exit__(self, *error):
        for lock in self._locks:
            lock.release()


class StripedLocks:
    def __init__(self, stripes=16):
        self._locks = [threading.Lock() for _ in range(stripes)]

    def hold(self, *keys):
        stripes = sorted({hash((key,)) % len(self._locks) for key in keys})
        self._last = Holding([self._locks[stripe] for stripe in stripes])
        return self._last
