# fails: striped_locks-2 finished
# An exception in the body jumps over the release.
import threading
from contextlib import contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        numbers = sorted({hash(key) % len(self.locks) for key in keys})
        for number in numbers:
            self.locks[number].acquire()
        yield
        for number in numbers:
            self.locks[number].release()
