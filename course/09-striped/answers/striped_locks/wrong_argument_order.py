# fails: striped_locks-4 deadlock, striped_locks-5 deadlock
# hold("a", "b") and hold("b", "a") each hold what the other needs.
import threading
from contextlib import ExitStack, contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        numbers = list(dict.fromkeys(hash(key) % len(self.locks) for key in keys))
        with ExitStack() as stack:
            for number in numbers:
                stack.enter_context(self.locks[number])
            yield
