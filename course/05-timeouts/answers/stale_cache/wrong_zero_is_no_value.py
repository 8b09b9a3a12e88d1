# fails: stale_cache-1 finished
# Takes a value of 0 for no value.
import threading, time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    def __init__(self, fetch, ttl, max_stale, wait):
        self.fetch, self.ttl, self.max_stale, self.wait = fetch, ttl, max_stale, wait
        self.entry = None
        self.lock = threading.Lock()

    def get(self):
        deadline = time.monotonic() + self.wait
        e = self.entry
        age = lambda: time.monotonic() - e[1] if e and e[0] != 0 else float("inf")
        if age() < self.ttl:
            return e[0]
        if age() < self.max_stale:
            if not self.lock.acquire(blocking=False):
                return e[0]
        elif not self.lock.acquire(timeout=self.wait):
            raise CacheUnavailable()
        try:
            e = self.entry
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
            self.entry = (v, now)
            return v
        finally:
            self.lock.release()
