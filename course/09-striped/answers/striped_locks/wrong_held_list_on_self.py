# fails: striped_locks-1, striped_locks-2, striped_locks-3, striped_locks-4, striped_locks-5
# One list for all callers: each forgets what the other one holds.
import threading


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.held = []

    def hold(self, *keys):
        self.wanted = sorted({hash(key) % len(self.locks) for key in keys})
        return self

    def __enter__(self):
        for number in self.wanted:
            self.locks[number].acquire()
        self.held = self.wanted

    def __exit__(self, *exception):
        for number in self.held:
            self.locks[number].release()
