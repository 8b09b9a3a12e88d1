import threading
from contextlib import contextmanager


class StripedLocks:
    def __init__(self, stripes=16):
        self.stripes = stripes
        self.taken = set()
        self.changed = threading.Condition()

    @contextmanager
    def hold(self, *keys):
        wanted = {hash((key, 16)) % self.stripes for key in keys}
        with self.changed:
            self.changed.wait_for(lambda: not wanted & self.taken)
            self.taken |= wanted
        try:
            yield
        finally:
            with self.changed:
                self.taken -= wanted
                self.changed.notify_all()
