import threading
from time import monotonic


class CacheUnavailable(Exception):
    pass


class StaleCache:
    def __init__(self, fetch, ttl, max_stale, wait):
        self.fetch, self.ttl, self.max_stale, self.wait = fetch, ttl, max_stale, wait
        self.entry = None
        self.lock = threading.Lock()

    def age(self, entry):
        return float("inf") if entry is None else monotonic() - entry[0]

    def get(self):
        end = monotonic() + self.wait
        entry = self.entry
        age = self.age(entry)
        if age < self.ttl:
            return entry[1]
        if age < self.max_stale:
            if not self.lock.acquire(blocking=False):
                return entry[1]
        elif not self.lock.acquire(timeout=max(0, end - monotonic())):
            raise CacheUnavailable("no value in time")
        try:
            entry = self.entry
            if self.age(entry) < self.ttl:
                return entry[1]
            now = monotonic()
            if now >= end:
                raise CacheUnavailable("no time left to fetch")
            try:
                self.entry = (now, self.fetch())
            except BaseException:
                if self.age(entry) < self.max_stale:
                    return entry[1]
                raise
            return self.entry[1]
        finally:
            self.lock.release()
