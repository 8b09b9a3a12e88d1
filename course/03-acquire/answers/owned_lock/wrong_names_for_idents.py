# fails: owned_lock-2 finished, owned_lock-3 finished, owned_lock-4 finished, owned_lock-5 finished, owned_lock-6 finished
# Names of threads are not unique and not what was asked for.
import threading


class OwnedLock:
    def __init__(self):
        self._lock = threading.Lock()
        self.owner = None

    def acquire(self, blocking=True, timeout=-1):
        if self.owner == threading.current_thread().name:
            raise RuntimeError("this thread holds the lock already")
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            self.owner = threading.current_thread().name
        return acquired

    def release(self):
        if self.owner != threading.current_thread().name:
            raise RuntimeError("this thread does not hold the lock")
        self.owner = None
        self._lock.release()

    def locked(self):
        return self._lock.locked()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *exception):
        self.release()
