# fails: stale_cache-2 finished, stale_cache-4 finished, stale_cache-6 finished, stale_cache-8
# Forgets max_stale: an old value is returned however old it is.
import threading
import time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    def __init__(self, fetch, ttl, max_stale, wait):
        self._fetch = fetch
        self._ttl = ttl
        self._wait = wait
        self._lock = threading.Lock()
        self._entry = None

    def get(self):
        deadline = time.monotonic() + self._wait
        entry = self._entry
        if entry and time.monotonic() - entry[1] < self._ttl:
            return entry[0]
        if entry:
            if not self._lock.acquire(blocking=False):
                return entry[0]
        elif not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry
            if entry and time.monotonic() - entry[1] < self._ttl:
                return entry[0]
            now = time.monotonic()
            if now >= deadline:
                raise CacheUnavailable
            try:
                self._entry = (self._fetch(), now)
            except BaseException:
                if entry:
                    return entry[0]
                raise
            return self._entry[0]
        finally:
            self._lock.release()
