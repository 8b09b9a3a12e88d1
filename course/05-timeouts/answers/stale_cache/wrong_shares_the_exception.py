# fails: stale_cache-7 finished, stale_cache-8 raised
# All who wait for a fetch get its exception, as if it were their own.
import concurrent.futures
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
        self._guard = threading.Lock()
        self._entry = None
        self._future = None

    def get(self):
        with self._guard:
            entry = self._entry
            age = float("inf") if entry is None else time.monotonic() - entry[1]
            if age < self._ttl:
                return entry[0]
            future = self._future
            if future is not None and age < self._max_stale:
                return entry[0]
            mine = future is None
            if mine:
                future = self._future = concurrent.futures.Future()
        if not mine:
            try:
                return future.result(timeout=self._wait)
            except concurrent.futures.TimeoutError:
                raise CacheUnavailable from None
        born = time.monotonic()
        try:
            value = self._fetch()
        except BaseException as error:
            with self._guard:
                self._future = None
            future.set_exception(error)
            if entry is not None and time.monotonic() - entry[1] < self._max_stale:
                return entry[0]
            raise
        with self._guard:
            self._entry = (value, born)
            self._future = None
        future.set_result(value)
        return value
