# fails: acquired-3 finished
# Keeps the lock when a GeneratorExit leaves the block: every exception has to give it back.
import math
import threading


class acquired:
    def __init__(self, lock, timeout=None):
        if timeout is not None and (math.isnan(timeout) or timeout < 0):
            raise ValueError("no such timeout")
        self.lock = lock
        self.seconds = -1 if timeout is None else min(timeout, threading.TIMEOUT_MAX)

    def __enter__(self):
        self.got = self.lock.acquire(timeout=self.seconds)
        return self.got

    def __exit__(self, kind, error, traceback):
        if self.got and kind is not GeneratorExit:
            self.lock.release()
        return None
