# fails: stale_cache-3 deadlock, stale_cache-8 raised
# Everybody waits for the new value, though the old one would do.
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
        self._entry = None

    def get(self):
        deadline = time.monotonic() + self._wait
        entry = self._entry
        if entry and time.monotonic() - entry[1] < self._ttl:
            return entry[0]
        if not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry
            if entry and time.monotonic() - entry[1] < self._ttl:
                return entry[0]
            born = time.monotonic()
            if born >= deadline:
                raise CacheUnavailable
            try:
                self._entry = (self._fetch(), born)
            except BaseException:
                if entry and time.monotonic() - entry[1] < self._max_stale:
                    return entry[0]
                raise
            return self._entry[0]
        finally:
            self._lock.release()
