# fails: acquired-3 finished
# __exit__ returns a true value, and that means: the exception has been dealt with.
import threading


class acquired:
    def __init__(self, lock, timeout=None):
        if timeout is not None and not timeout >= 0:
            raise ValueError("bad timeout")
        self.lock, self.timeout = lock, timeout

    def __enter__(self):
        wait = -1 if self.timeout is None else min(self.timeout, threading.TIMEOUT_MAX)
        self.got_it = self.lock.acquire(timeout=wait)
        return self.got_it

    def __exit__(self, *exception):
        if self.got_it:
            self.lock.release()
        return True
