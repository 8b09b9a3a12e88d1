import threading
from dataclasses import dataclass, field


@dataclass
class _Attempt:
    lock: object
    seconds: float
    _mine: list = field(default_factory=list)

    def __enter__(self):
        success = self.lock.acquire(timeout=self.seconds)
        self._mine.append(success)
        return success

    def __exit__(self, *exc_info):
        if self._mine.pop():
            self.lock.release()


def acquired(lock, timeout=None):
    if timeout is None:
        return _Attempt(lock, -1)
    if not timeout >= 0:
        raise ValueError("timeout must not be negative")
    return _Attempt(lock, min(timeout, threading.TIMEOUT_MAX))
