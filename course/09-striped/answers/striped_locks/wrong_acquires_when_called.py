# fails: striped_locks-2 finished
# Calling hold is not entering the block.
import threading
from contextlib import ExitStack


class StripedLocks:
    def __init__(self, stripes=16):
        self.locks = [threading.Lock() for _ in range(stripes)]

    def hold(self, *keys):
        stack = ExitStack()
        for number in sorted({hash(key) % len(self.locks) for key in keys}):
            stack.enter_context(self.locks[number])
        return stack
