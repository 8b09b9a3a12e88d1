# fails: owner-1 finished, owner-3 finished, owner-5, owner-7
# A lock instead of a thread: one at a time, but in whose thread?
import threading


class Owner:
    def __init__(self):
        self.lock = threading.RLock()
        self.closed = False
        self.thread = threading.Thread(target=lambda: None)
        self.thread.start()

    def call(self, fn, *args, timeout=None):
        if not self.lock.acquire(timeout=-1 if timeout is None else timeout):
            raise TimeoutError
        try:
            if self.closed:
                raise Closed
            return fn(*args)
        finally:
            self.lock.release()

    def stop(self):
        with self.lock:
            self.closed = True
        self.thread.join()
