# fails: striped_locks-2 finished
# "No keys" is taken for "all keys".
import threading
from contextlib import ExitStack, contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        numbers = {hash(key) % len(self.locks) for key in keys} or range(len(self.locks))
        with ExitStack() as stack:
            for number in sorted(numbers):
                stack.enter_context(self.locks[number])
            yield
