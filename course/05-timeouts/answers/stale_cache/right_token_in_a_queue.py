import queue
import time


class CacheUnavailable(Exception):
    pass


class StaleCache:
    """The right to fetch is a token that lies in a queue."""

    def __init__(self, fetch, ttl, max_stale, wait):
        self._fetch = fetch
        self._limits = ttl, max_stale
        self._wait = wait
        self._versions = []  # (value, born), the newest last; append is a single step
        self._token = queue.Queue()
        self._token.put("the right to fetch")

    def _state(self):
        if not self._versions:
            return "none", None
        value, born = self._versions[-1]
        age = time.monotonic() - born
        ttl, max_stale = self._limits
        return ("fresh" if age < ttl else "stale" if age < max_stale else "none"), value

    def get(self):
        start = time.monotonic()
        state, value = self._state()
        if state == "fresh":
            return value
        try:
            token = self._token.get(block=state != "stale", timeout=self._wait)
        except queue.Empty:
            if state == "stale":
                return value
            raise CacheUnavailable("nobody brought a value in time") from None
        try:
            state, value = self._state()
            if state == "fresh":
                return value
            born = time.monotonic()
            if born - start >= self._wait:
                raise CacheUnavailable("too late to begin")
            try:
                self._versions.append((self._fetch(), born))
            except BaseException:
                state, value = self._state()
                if state == "none":
                    raise
                return value
            return self._versions[-1][0]
        finally:
            self._token.put(token)
