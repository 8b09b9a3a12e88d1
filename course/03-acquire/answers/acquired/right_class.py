import math
import threading


class acquired:
    def __init__(self, lock, timeout=None):
        if timeout is not None and (math.isnan(timeout) or timeout < 0):
            raise ValueError(f"bad timeout: {timeout}")
        self.lock = lock
        self.timeout = timeout
        self.ok = False

    def __enter__(self):
        if self.timeout is None:
            self.ok = self.lock.acquire()
        else:
            self.ok = self.lock.acquire(timeout=min(self.timeout, threading.TIMEOUT_MAX))
        return self.ok

    def __exit__(self, kind, error, traceback):
        if self.ok:
            self.ok = False
            self.lock.release()
        return False
