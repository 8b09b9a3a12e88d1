import threading
import time
from dataclasses import dataclass, field


class CacheUnavailable(Exception):
    """Nothing usable came in time."""


@dataclass
class Flight:
    """One fetch under way; the event is set when it has ended, well or badly."""

    landed: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Entry:
    value: object
    born: float

    @property
    def age(self):
        return time.monotonic() - self.born


class StaleCache:
    def __init__(self, fetch, ttl, max_stale, wait):
        self.fetch = fetch
        self.ttl = ttl
        self.max_stale = max_stale
        self.wait = wait
        self._guard = threading.Lock()  # held for a few lines only
        self._entry = None
        self._flight = None

    def get(self):
        deadline = time.monotonic() + self.wait
        while True:
            with self._guard:
                entry = self._entry
                if entry and entry.age < self.ttl:
                    return entry.value
                flight = self._flight
                mine = flight is None and time.monotonic() < deadline
                if mine:
                    flight = self._flight = Flight()
            if mine:
                return self._fly(flight)
            if entry and entry.age < self.max_stale:
                return entry.value
            left = deadline - time.monotonic()
            if flight is None or left <= 0 or not flight.landed.wait(left):
                raise CacheUnavailable

    def _fly(self, flight):
        born = time.monotonic()
        try:
            entry = Entry(self.fetch(), born)
            with self._guard:
                self._entry = entry
            return entry.value
        except BaseException:
            with self._guard:
                old = self._entry
            if old and old.age < self.max_stale:
                return old.value
            raise
        finally:
            with self._guard:
                self._flight = None
            flight.landed.set()
