# fails: stale_cache-5 finished, stale_cache-6 raised, stale_cache-7 finished, stale_cache-8 raised
# When fetch raises the release is skipped, and nobody ever fetches again.
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
        entry = self._entry
        if entry and time.monotonic() - entry[1] < self._ttl:
            self._lock.release()
            return entry[0]
        born = time.monotonic()
        if born >= deadline:
            self._lock.release()
            raise CacheUnavailable
        try:
            self._entry = (self._fetch(), born)
        except BaseException:
            if entry and time.monotonic() - entry[1] < self._max_stale:
                return entry[0]
            raise
        self._lock.release()
        return self._entry[0]
