import contextlib
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
        self._slot = threading.BoundedSemaphore(1)
        self._state = None

    @contextlib.contextmanager
    def _right_to_fetch(self, seconds):
        got = self._slot.acquire(timeout=seconds) if seconds > 0 else self._slot.acquire(blocking=False)
        try:
            yield got
        finally:
            if got:
                self._slot.release()

    def get(self):
        came = time.monotonic()
        state = self._state
        if state is not None and came - state["born"] < self._ttl:
            return state["value"]
        stale = state is not None and came - state["born"] < self._max_stale
        with self._right_to_fetch(0 if stale else self._wait) as mine:
            if not mine:
                if stale:
                    return state["value"]
                raise CacheUnavailable
            return self._fetch_or_fall_back(came + self._wait)

    def _fetch_or_fall_back(self, deadline):
        now, state = time.monotonic(), self._state
        if state is not None and now - state["born"] < self._ttl:
            return state["value"]
        if now >= deadline:
            raise CacheUnavailable
        try:
            value = self._fetch()
        except BaseException:
            if state is not None and time.monotonic() - state["born"] < self._max_stale:
                return state["value"]
            raise
        self._state = {"value": value, "born": now}
        return value
