# fails: stale_cache-1 finished
# Keeps the value on the class: all caches share it.
import threading, time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    _e = {}

    def __init__(self, fetch, ttl, max_stale, wait):
        self.fetch, self.ttl, self.max_stale, self.wait = fetch, ttl, max_stale, wait
        self.lock = threading.Lock()

    def get(self):
        deadline = time.monotonic() + self.wait
        e = self._e.get("x")
        age = lambda: time.monotonic() - e[1] if e else float("inf")
        if age() < self.ttl:
            return e[0]
        if age() < self.max_stale:
            if not self.lock.acquire(blocking=False):
                return e[0]
        elif not self.lock.acquire(timeout=self.wait):
            raise CacheUnavailable()
        try:
            e = self._e.get("x")
            if age() < self.ttl:
                return e[0]
            now = time.monotonic()
            if now >= deadline:
                raise CacheUnavailable()
            try:
                v = self.fetch()
            except BaseException:
                if age() < self.max_stale:
                    return e[0]
                raise
            self._e["x"] = (v, now)
            return v
        finally:
            self.lock.release()
