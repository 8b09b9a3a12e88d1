# fails: stale_cache-2 finished, stale_cache-4 finished, stale_cache-7 finished, stale_cache-8 finished
# The usual article's cache: who does not get the lock gets what is there, and on a cold cache that is None.
import threading
import time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    def __init__(self, fetch, ttl, max_stale, wait):
        self._fetch = fetch
        self._ttl = ttl
        self._max_stale = max_stale
        self._lock = threading.Lock()
        self._entry = None

    def get(self):
        entry = self._entry
        if entry and time.monotonic() - entry[1] < self._ttl:
            return entry[0]
        if not self._lock.acquire(blocking=False):
            return entry[0] if entry else None
        try:
            entry = self._entry
            if entry and time.monotonic() - entry[1] < self._ttl:
                return entry[0]
            born = time.monotonic()
            try:
                self._entry = (self._fetch(), born)
            except BaseException:
                if entry and time.monotonic() - entry[1] < self._max_stale:
                    return entry[0]
                raise
            return self._entry[0]
        finally:
            self._lock.release()
