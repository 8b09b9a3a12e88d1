# fails: striped_locks-2 raised, striped_locks-4 deadlock, striped_locks-5 deadlock
# The keys are in order, their stripes are not; and not all keys can be compared.
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
            taken = set()
            for key in sorted(keys):
                number = checksum(key) % len(self.locks)
                if number not in taken:
                    taken.add(number)
                    stack.enter_context(self.locks[number])
            yield
