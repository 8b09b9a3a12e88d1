# fails: stale_cache-8 finished
# The age counts from the call, also when the fetch began only after a long wait.
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
        now = time.monotonic()
        entry = self._entry
        if entry and now - entry[1] < self._ttl:
            return entry[0]
        if entry and now - entry[1] < self._max_stale:
            if not self._lock.acquire(blocking=False):
                return entry[0]
        elif not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry
            if entry and now - entry[1] < self._ttl:
                return entry[0]
            if time.monotonic() >= now + self._wait:
                raise CacheUnavailable
            try:
                self._entry = (self._fetch(), now)
            except BaseException:
                if entry and time.monotonic() - entry[1] < self._max_stale:
                    return entry[0]
                raise
            return self._entry[0]
        finally:
            self._lock.release()
