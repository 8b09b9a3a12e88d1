# fails: stale_cache-1 finished, stale_cache-8 deadlock
# Takes None for "nothing there yet", and fetches it again and again.
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
        self._entry = (None, 0.0)

    def get(self):
        deadline = time.monotonic() + self._wait
        value, born = self._entry
        if value is not None and time.monotonic() - born < self._ttl:
            return value
        if value is not None and time.monotonic() - born < self._max_stale:
            if not self._lock.acquire(blocking=False):
                return value
        elif not self._lock.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            value, born = self._entry
            if value is not None and time.monotonic() - born < self._ttl:
                return value
            now = time.monotonic()
            if now >= deadline:
                raise CacheUnavailable
            try:
                self._entry = (self._fetch(), now)
            except BaseException:
                if value is not None and time.monotonic() - born < self._max_stale:
                    return value
                raise
            return self._entry[0]
        finally:
            self._lock.release()
