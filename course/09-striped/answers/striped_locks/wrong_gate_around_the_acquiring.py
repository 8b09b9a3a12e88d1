# fails: striped_locks-3 finished, striped_locks-5 finished
# No deadlock, but whoever waits for a stripe keeps the gate shut for all others.
import threading
import zlib
from contextlib import ExitStack, contextmanager


def checksum(key):
    return zlib.crc32(str(hash(key) if isinstance(key, (int, float)) else key).encode())


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.gate = threading.Lock()

    @contextmanager
    def hold(self, *keys):
        with ExitStack() as stack:
            with self.gate:
                for number in {checksum(key) % len(self.locks) for key in keys}:
                    stack.enter_context(self.locks[number])
            yield
