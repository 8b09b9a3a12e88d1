# fails: stale_cache-2 finished
# Time and value are two writes: a reader without the lock sees the old value with the new time.
import threading
import time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    def __init__(self, fetch, ttl, max_stale, wait):
        self._fetch = fetch
        self._ttl = ttl
        self._max_stale = max_stale
        self._wait = wait
        self._lock = threading.Lock()
        self._value = None
        self._born = float("-inf")

    def get(self):
        deadline = time.monotonic() + self._wait
        age = time.monotonic() - self._born
        if age < self._ttl:
            return self._value
        if age < self._max_stale:
            if not self._lock.acquire(blocking=False):
                return self._value
        elif not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            if time.monotonic() - self._born < self._ttl:
                return self._value
            now = time.monotonic()
            if now >= deadline:
                raise CacheUnavailable
            try:
                value = self._fetch()
            except BaseException:
                if time.monotonic() - self._born < self._max_stale:
                    return self._value
                raise
            self._born = now
            self._value = value
            return value
        finally:
            self._lock.release()
