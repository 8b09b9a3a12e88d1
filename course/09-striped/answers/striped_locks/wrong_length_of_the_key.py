# fails: striped_locks-3 finished, striped_locks-5
# Names of equal length share a stripe.
import threading
from contextlib import ExitStack, contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        numbers = {(len(key) if isinstance(key, str) else hash(key)) % len(self.locks) for key in keys}
        with ExitStack() as stack:
            for number in sorted(numbers):
                stack.enter_context(self.locks[number])
            yield
