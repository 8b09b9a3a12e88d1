# fails: striped_locks-4 deadlock
# A set of numbers often comes out in order, but nobody promises it: {0, 8} and {8, 0} differ.
import threading
import zlib
from contextlib import ExitStack, contextmanager


def checksum(key):
    return zlib.crc32(str(hash(key) if isinstance(key, (int, float)) else key).encode())


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        with ExitStack() as stack:
            for number in {checksum(key) % len(self.locks) for key in keys}:
                stack.enter_context(self.locks[number])
            yield
