# fails: stale_cache-1, stale_cache-3, stale_cache-6, stale_cache-8
# Gives everybody the stale value and fetches in a thread of its own: nobody gets the new one.
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

    def _renew(self):
        born = time.monotonic()
        try:
            self._entry = (self._fetch(), born)
        except Exception:
            pass
        finally:
            self._lock.release()

    def get(self):
        entry = self._entry
        if entry and time.monotonic() - entry[1] < self._ttl:
            return entry[0]
        if entry and time.monotonic() - entry[1] < self._max_stale:
            if self._lock.acquire(blocking=False):
                threading.Thread(target=self._renew).start()
            return entry[0]
        if not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry
            if entry and time.monotonic() - entry[1] < self._ttl:
                return entry[0]
            born = time.monotonic()
            self._entry = (self._fetch(), born)
            return self._entry[0]
        finally:
            self._lock.release()
