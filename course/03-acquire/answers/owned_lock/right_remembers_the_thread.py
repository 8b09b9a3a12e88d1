from threading import Lock, current_thread


class OwnedLock:
    """Remembers the thread itself; the ident is worked out when somebody asks."""

    def __init__(self):
        self.__inner = Lock()
        self.__thread = None

    @property
    def owner(self):
        thread = self.__thread
        return None if thread is None else thread.ident

    def acquire(self, blocking=True, timeout=-1):
        if self.__thread is current_thread():
            raise RuntimeError("already held by this thread")
        if not self.__inner.acquire(blocking, timeout):
            return False
        self.__thread = current_thread()
        return True

    __enter__ = acquire

    def release(self):
        if self.__thread is not current_thread():
            raise RuntimeError("not held by this thread")
        self.__thread = None
        self.__inner.release()

    def __exit__(self, kind, error, traceback):
        self.release()

    def locked(self):
        return self.__inner.locked()
