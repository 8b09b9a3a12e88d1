# fails: stale_cache-6 finished, stale_cache-8
# Decides before the fetch whether the old value may be used when it fails; by then it may be too old.
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
        age = float("inf") if entry is None else time.monotonic() - entry[1]
        if age < self._ttl:
            return entry[0]
        if age < self._max_stale:
            if not self._lock.acquire(blocking=False):
                return entry[0]
        elif not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry
            now = time.monotonic()
            age = float("inf") if entry is None else now - entry[1]
            if age < self._ttl:
                return entry[0]
            if now >= deadline:
                raise CacheUnavailable
            try:
                self._entry = (self._fetch(), now)
            except BaseException:
                if age < self._max_stale:
                    return entry[0]
                raise
            return self._entry[0]
        finally:
            self._lock.release()
