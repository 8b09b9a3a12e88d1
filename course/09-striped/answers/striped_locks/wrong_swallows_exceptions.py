# fails: striped_locks-2 finished
# A true value from __exit__ makes the exception disappear.
import threading


class Holding:
    def __init__(self, locks):
        self.locks = locks

    def __enter__(self):
        for lock in self.locks:
            lock.acquire()

    def __exit__(self, *exception):
        for lock in self.locks:
            lock.release()
        return True


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    def hold(self, *keys):
        return Holding([self.locks[number] for number in sorted({hash(key) % len(self.locks) for key in keys})])
