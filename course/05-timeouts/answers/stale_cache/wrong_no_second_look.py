# fails: stale_cache-2 finished, stale_cache-3 finished
# Whoever has waited for the lock fetches once more, though the value has just come.
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
        if entry and time.monotonic() - entry[1] < self._max_stale:
            if not self._lock.acquire(blocking=False):
                return entry[0]
        elif not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            born = time.monotonic()
            if born >= deadline:
                raise CacheUnavailable
            try:
                value = self._fetch()
            except BaseException:
                if entry and time.monotonic() - entry[1] < self._max_stale:
                    return entry[0]
                raise
            self._entry = (value, born)
            return value
        finally:
            self._lock.release()
