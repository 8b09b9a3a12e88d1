# fails: stale_cache-7 finished
# After a failed fetch those who wait get the whole waiting time once more.
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
        self._fetching = False
        self._changed = threading.Condition()
        self._entry = None

    def _usable(self, limit):
        return self._entry is not None and time.monotonic() - self._entry[1] < limit

    def get(self):
        with self._changed:
            while True:
                if self._usable(self._ttl):
                    return self._entry[0]
                if not self._fetching:
                    break
                if self._usable(self._max_stale):
                    return self._entry[0]
                if not self._changed.wait(self._wait):
                    raise CacheUnavailable
            self._fetching = True
        born = time.monotonic()
        try:
            value = self._fetch()
            with self._changed:
                self._entry = (value, born)
            return value
        except BaseException:
            if self._usable(self._max_stale):
                return self._entry[0]
            raise
        finally:
            with self._changed:
                self._fetching = False
                self._changed.notify_all()
