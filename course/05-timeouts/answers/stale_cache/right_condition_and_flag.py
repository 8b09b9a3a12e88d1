import threading
import time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    _NOTHING = object()

    def __init__(self, fetch, ttl, max_stale, wait):
        self._fetch = fetch
        self._ttl = ttl
        self._max_stale = max_stale
        self._wait = wait
        self._value = self._NOTHING
        self._born = 0.0
        self._fetching = False
        self._changed = threading.Condition()

    def _usable(self, limit):
        return self._value is not self._NOTHING and time.monotonic() - self._born < limit

    def get(self):
        deadline = time.monotonic() + self._wait
        with self._changed:
            while True:
                if self._usable(self._ttl):
                    return self._value
                if not self._fetching:
                    break
                if self._usable(self._max_stale):
                    return self._value
                left = deadline - time.monotonic()
                if left <= 0:
                    raise CacheUnavailable
                self._changed.wait(left)
            if time.monotonic() >= deadline:
                raise CacheUnavailable
            self._fetching = True
        born = time.monotonic()
        try:
            value = self._fetch()
        except BaseException:
            with self._changed:
                self._fetching = False
                self._changed.notify_all()
                if self._usable(self._max_stale):
                    return self._value
            raise
        with self._changed:
            self._fetching = False
            self._value, self._born = value, born
            self._changed.notify_all()
        return value
