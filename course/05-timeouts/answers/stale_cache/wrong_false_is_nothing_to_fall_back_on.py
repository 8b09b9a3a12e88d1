# fails: stale_cache-8 raised
# After a failed fetch, a stale None or 0 is passed over, and the caller gets the exception.
import threading
import time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    def __init__(self, fetch, ttl: float, max_stale: float, wait: float):
        self._fetch = fetch
        self._ttl = ttl
        self._max_stale = max_stale
        self._wait = wait
        self._fetching = threading.Lock()
        self._entry = None

    def get(self):
        deadline = time.monotonic() + self._wait
        entry = self._entry
        if self._younger_than(self._ttl, entry):
            return entry[0]
        if self._younger_than(self._max_stale, entry):
            if not self._fetching.acquire(blocking=False):
                return entry[0]
        elif not self._fetching.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry
            if self._younger_than(self._ttl, entry):
                return entry[0]
            began = time.monotonic()
            if began >= deadline:
                raise CacheUnavailable
            try:
                value = self._fetch()
            except BaseException:
                if self._younger_than(self._max_stale, entry) and entry[0]:
                    return entry[0]
                raise
            self._entry = (value, began)
            return value
        finally:
            self._fetching.release()

    def _younger_than(self, limit, entry):
        return entry is not None and time.monotonic() - entry[1] < limit
