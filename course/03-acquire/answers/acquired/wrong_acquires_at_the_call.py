# fails: acquired-4 finished
# Acquires in the constructor: the call alone takes the lock, and nobody may ever release it.
import threading


class acquired:
    def __init__(self, lock, timeout=None):
        if timeout is not None and not timeout >= 0:
            raise ValueError("bad timeout")
        self.lock = lock
        self.got_it = lock.acquire(timeout=-1 if timeout is None else min(timeout, threading.TIMEOUT_MAX))

    def __enter__(self):
        return self.got_it

    def __exit__(self, *exception):
        if self.got_it:
            self.lock.release()
