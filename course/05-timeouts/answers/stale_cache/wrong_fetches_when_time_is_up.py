# fails: stale_cache-4 finished, stale_cache-7 finished
# Who has waited in vain fetches after all: two fetches at the same time.
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
        entry = self._entry
        if entry and time.monotonic() - entry[1] < self._ttl:
            return entry[0]
        if entry and time.monotonic() - entry[1] < self._max_stale:
            got = self._lock.acquire(blocking=False)
            if not got:
                return entry[0]
        else:
            got = self._lock.acquire(timeout=self._wait)
        try:
            entry = self._entry
            if entry and time.monotonic() - entry[1] < self._ttl:
                return entry[0]
            now = time.monotonic()
            try:
                self._entry = (self._fetch(), now)
            except BaseException:
                if entry and time.monotonic() - entry[1] < self._max_stale:
                    return entry[0]
                raise
            return self._entry[0]
        finally:
            if got:
                self._lock.release()
