import contextlib
import threading
import zlib


class StripedLocks:
    def __init__(self, stripes=16):
        self.stripes = stripes
        self.locks = {number: threading.RLock() for number in range(stripes)}

    def lock_of(self, key):
        return self.locks[zlib.crc32(str(hash(key)).encode()) % self.stripes]

    @contextlib.contextmanager
    def hold(self, *keys):
        locks = {id(lock): lock for lock in map(self.lock_of, keys)}
        with contextlib.ExitStack() as stack:
            for address in sorted(locks, reverse=True):
                stack.enter_context(locks[address])
            yield tuple(keys)
