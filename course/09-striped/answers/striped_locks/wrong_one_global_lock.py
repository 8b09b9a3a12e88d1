# fails: striped_locks-2 finished, striped_locks-3 finished, striped_locks-4 raised, striped_locks-5 finished
# Nobody deadlocks, because everybody waits for everybody.
import threading


class StripedLocks:
    def __init__(self, stripes=16):
        self.lock = threading.Lock()

    def hold(self, *keys):
        return self.lock
