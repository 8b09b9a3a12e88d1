"""A line that says how far a long job is and how long it will still take."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Counts finished things. On a terminal the line is rewritten; elsewhere a line is printed now and then."""

    def __init__(self, total: int, what: str, stream: TextIO | None = None) -> None:
        self._total, self._what = total, what
        self._stream = sys.stderr if stream is None else stream
        self._done, self._began, self._shown = 0, time.monotonic(), 0.0
        self._terminal = self._stream.isatty()

    def step(self, name: str) -> None:
        """One more is done."""
        self._done += 1
        now = time.monotonic()
        last = self._done == self._total
        if not last and now - self._shown < (0.1 if self._terminal else 10.0):
            return
        self._shown = now
        left = (now - self._began) / self._done * (self._total - self._done)
        bar = "#" * (20 * self._done // self._total)
        took = f"{_clock(now - self._began)} taken" if last else f"{_clock(left)} left"
        line = f"[{bar:<20}] {self._done}/{self._total} {self._what}, {took}  {name[:30]}"
        self._stream.write(f"\r{line:<100}" if self._terminal else line + "\n")
        if last and self._terminal:
            self._stream.write("\n")
        self._stream.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
