"""Lost updates: counted on this interpreter, and as recorded on nine others."""

from __future__ import annotations

import csv
import statistics
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from checker.measuring.honesty import switch_interval as switching_every


@dataclass(frozen=True, slots=True)
class Losses:
    """Updates lost in each of several trials on this interpreter."""

    construct: str  # what was incremented, as source text: "d['k'] = d.get('k', 0) + 1"
    threads: int
    increments: int  # per thread
    switch_interval: float  # seconds
    lost: tuple[int, ...]  # one number per trial

    @property
    def percents(self) -> list[float]:
        """The share lost in each trial, in percent of all increments."""
        return [100 * lost / (self.threads * self.increments) for lost in self.lost]

    @property
    def median(self) -> float:
        """The median of `percents`."""
        return statistics.median(self.percents)

    @property
    def trials_with_loss(self) -> int:
        return sum(lost > 0 for lost in self.lost)


@dataclass(frozen=True, slots=True)
class RecordedLosses:
    """Updates lost on another interpreter: the summary of several trials, in percent of all increments."""

    python: str  # "3.11.7"
    gil: bool
    construct: str
    threads: int
    increments: int  # per thread
    switch_interval: float  # seconds
    trials: int
    median: float
    low: float
    high: float
    trials_with_loss: int

    @property
    def interpreter(self) -> str:
        """The short name in plots: "3.11", "3.14t" for a free-threaded build."""
        return ".".join(self.python.split(".")[:2]) + ("" if self.gil else "t")


def count_losses(
    make_counter: Callable[[], Any],
    *,
    threads: int = 4,
    increments: int = 10_000,
    trials: int = 10,
    switch_interval: float | None = 1e-6,
    construct: str = "",
) -> Losses:
    """Let `threads` threads increment one counter together, `trials` times over; count what is missing.

    `make_counter()` returns an object with `increment()` and `value`, which starts at 0; each trial uses a
    new one. The threads leave a barrier together. The switch interval (seconds; None keeps the one in force)
    is put back afterwards. An exception of `increment` is raised here after all threads have ended.
    """
    with switching_every(switch_interval) as interval:
        lost = tuple(_trial(make_counter(), threads, increments) for _ in range(trials))
    return Losses(construct, threads, increments, interval, lost)


def _trial(counter: Any, threads: int, increments: int) -> int:
    start = threading.Barrier(threads)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            increment = counter.increment
            start.wait()
            for _ in range(increments):
                increment()
        except BaseException as error:  # kept for the caller, who is waiting in join
            errors.append(error)

    workers = [threading.Thread(target=work, name=f"T{number + 1}") for number in range(threads)]
    try:
        for worker in workers:
            worker.start()
    except RuntimeError:  # no more threads to be had: let go those that wait at the barrier
        start.abort()
        raise
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return int(threads * increments - counter.value)


def recorded_losses(
    construct: str | None = None,
    *,
    threads: int | None = None,
    increments: int | None = None,
    switch_interval: float | None = None,
    path: str | Path | None = None,
) -> list[RecordedLosses]:
    """The recorded measurements (CPython 3.8 to 3.14 with the GIL, 3.13t and 3.14t without) that match.

    Every argument that is given narrows the list. `path` names another CSV file of the same columns.
    """
    source = files("checker.measuring") / "lost_updates.csv" if path is None else Path(path)
    rows = [_recorded(row) for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines())]
    wanted = {
        "construct": construct,
        "threads": threads,
        "increments": increments,
        "switch_interval": switch_interval,
    }
    return [row for row in rows if all(value is None or getattr(row, name) == value for name, value in wanted.items())]


def _recorded(row: dict[str, str]) -> RecordedLosses:
    return RecordedLosses(
        python=row["python"],
        gil=row["gil"] == "on",
        construct=row["construct"],
        threads=int(row["threads"]),
        increments=int(row["increments"]),
        switch_interval=float(row["switch_interval_s"]),
        trials=int(row["trials"]),
        median=float(row["lost_percent_median"]),
        low=float(row["lost_percent_min"]),
        high=float(row["lost_percent_max"]),
        trials_with_loss=int(row["trials_with_loss"]),
    )
