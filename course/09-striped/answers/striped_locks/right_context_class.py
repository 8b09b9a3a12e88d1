import threading


class Holding:
    def __init__(self, locks):
        self.locks = locks

    def __enter__(self):
        for lock in self.locks:
            lock.acquire()
        return self

    def __exit__(self, *exception):
        for lock in reversed(self.locks):
            lock.release()
        return False


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    def hold(self, *keys):
        numbers = sorted(set(hash(key) % len(self.locks) for key in keys))
        return Holding([self.locks[number] for number in numbers])
