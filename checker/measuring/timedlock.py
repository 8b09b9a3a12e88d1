"""A lock that writes down how long it was waited for and how long it was held."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

from checker.measuring.statistics import percentiles


class TimedLock:
    """A `threading.Lock` that records every wait and every hold, in seconds.

    Use it wherever a plain Lock is used: `acquire` takes the same arguments and raises the same errors, and
    `with` works. `waits` has one entry per acquire that succeeded, `refused` one per acquire that gave up
    (how long it had waited), `holds` one per release.

    >>> lock = TimedLock()
    >>> with lock:
    ...     pass
    >>> len(lock.waits), len(lock.holds), lock.locked()
    (1, 1, False)
    """

    def __init__(self, lock: Any = None) -> None:
        """Wrap `lock` (not a re-entrant one), or a new `threading.Lock`."""
        self._lock = threading.Lock() if lock is None else lock
        self.reset()

    def reset(self) -> None:
        """Forget the record and start the clock of `utilisation` anew; only while nobody uses the lock."""
        self.waits: list[float] = []
        self.refused: list[float] = []
        self.holds: list[float] = []
        self._taken: float | None = None
        self._since = time.perf_counter()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        asked = time.perf_counter()
        acquired = self._lock.acquire(blocking, timeout)
        now = time.perf_counter()
        if acquired:
            # From here to the release the lock itself protects the record.
            self._taken = now
            self.waits.append(now - asked)
        else:
            self.refused.append(now - asked)  # one append is atomic, on every build
        return acquired

    def release(self) -> None:
        if self._taken is not None:
            self.holds.append(time.perf_counter() - self._taken)
            self._taken = None
        self._lock.release()

    def locked(self) -> bool:
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    def wait_percentiles(self, ranks: Sequence[float] = (50, 90, 99)) -> dict[float, float]:
        """Percentiles of the waits, in seconds. Raises ValueError if the lock was never acquired."""
        return percentiles(self.waits, ranks)

    def hold_percentiles(self, ranks: Sequence[float] = (50, 90, 99)) -> dict[float, float]:
        """Percentiles of the hold times, in seconds. Raises ValueError if the lock was never released."""
        return percentiles(self.holds, ranks)

    def utilisation(self, elapsed: float | None = None) -> float:
        """The share of the time (0..1) for which somebody held the lock.

        `elapsed` is the length of the observed time in seconds; by default since creation or `reset`.
        """
        span = time.perf_counter() - self._since if elapsed is None else elapsed
        return min(1.0, sum(self.holds) / span) if span > 0 else 0.0

    def summary(self) -> str:
        """The record in one line; times in milliseconds."""
        if not self.waits:
            return "never acquired"
        wait, hold = self.wait_percentiles((50, 99)), percentiles(self.holds or [0.0], (50, 99))
        return (
            f"{len(self.waits)} acquires ({len(self.refused)} refused), "
            f"wait p50 {wait[50] * 1e3:.3g} ms, p99 {wait[99] * 1e3:.3g} ms, "
            f"hold p50 {hold[50] * 1e3:.3g} ms, p99 {hold[99] * 1e3:.3g} ms, "
            f"utilisation {self.utilisation():.0%}"
        )
