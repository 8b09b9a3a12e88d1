# fails: striped_locks-5 finished
# All wait at one condition for different stripes, and `notify` wakes one of them, perhaps one who cannot go.
import threading
from contextlib import contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self._stripes = stripes
        self._changed = threading.Condition()
        self._held = set()

    @contextmanager
    def hold(self, *keys):
        mine = {hash((key,)) % self._stripes for key in keys}
        with self._changed:
            self._changed.wait_for(lambda: not mine & self._held)
            self._held |= mine
        try:
            yield
        finally:
            with self._changed:
                self._held -= mine
                self._changed.notify()
