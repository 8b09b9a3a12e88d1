# Asks for each lock again and again, a millisecond apart, in place of waiting for it.
import time
from contextlib import contextmanager
from threading import Lock


class StripedLocks:
    def __init__(self, stripes=16):
        self._stripes = [Lock() for _ in range(stripes)]

    @contextmanager
    def hold(self, *keys):
        wanted = sorted({hash(key) % len(self._stripes) for key in keys})
        held = []
        try:
            for number in wanted:
                while not self._stripes[number].acquire(blocking=False):
                    time.sleep(0.001)
                held.append(number)
            yield
        finally:
            for number in reversed(held):
                self._stripes[number].release()
