"""`stress`: the scenario on real operating-system threads, many rounds, with the same table of outcomes.

What stress shows did happen; what it does not show may still be possible. `explore` decides that.
"""

from __future__ import annotations

import math
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checker.outcomes import DEADLOCK, LIVELOCK, RAISED, Execution, Outcomes
from checker.stressing import child as children
from checker.stressing.dump import where_threads_are
from checker.stressing.rounds import HUNG, OUTPUT_LIMIT, RUNNING, Options, Report, count

#: A child that no longer answers, because no Python code can run in it.
SILENT = "silent"
#: Progress is shown once a run has taken this long, in seconds.
PROGRESS_AFTER = 2.0


class StressOutcomes(Outcomes):
    """The outcome table of `stress`, with how it came about."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.rounds = 0  # rounds that ended, and those that hung
        self.seconds = 0.0  # real time
        self.output = ""  # what the scenario printed, cut to a bound
        self.dump = ""  # where the threads were in the first round that hung, as faulthandler wrote it

    @property
    def claim(self) -> str:
        """What was done, exactly."""
        return (
            f"{self.rounds:,} rounds on real threads in {self.seconds:.1f} s: this is what happened, "
            "not all that can happen"
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.claim}\n{super().__str__()}"

    __repr__ = __str__


def stress(
    scenario: Callable[[], Any],
    *,
    seconds: float = 1.0,
    rounds: int | None = None,
    switch_interval: float = 1e-6,
    seed: int = 0,
    patience: float = 1.0,
) -> StressOutcomes:
    """Run `scenario` again and again on real threads, in a child process, and count its outcomes.

    Threads that the scenario starts close together begin together, and the interpreter is asked to switch
    every `switch_interval` seconds. It ends after `seconds` seconds, or after `rounds` rounds if that is
    sooner. `seed` seeds `random` in the child and varies the starts; real threads do not repeat themselves.

    A round that has not ended after `patience` seconds is stopped. It counts as a deadlock if none of its
    threads moved any more, else as a livelock; the row says where each thread was. (Real threads cannot
    tell a deadlock from a very long wait; `explore` can.) The process that calls is never affected.

    Raises ValueError for a budget that is not positive, and for a scenario that cannot be run in another
    process on this system.
    """
    for name, value in (("seconds", seconds), ("switch_interval", switch_interval), ("patience", patience)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be a positive number of seconds, got {value!r}")
    if rounds is not None and rounds < 1:
        raise ValueError(f"rounds must be at least 1, got {rounds!r}")
    return _Stress(scenario, seconds, rounds, switch_interval, seed, patience).run()


class _Stress:
    """One call of `stress`: starts a child after another until the budget is used up."""

    def __init__(
        self,
        scenario: Callable[[], Any],
        seconds: float,
        rounds: int | None,
        switch_interval: float,
        seed: int,
        patience: float,
    ) -> None:
        self.scenario = scenario
        self.seconds = seconds
        self.limit = rounds
        self.switch_interval = switch_interval
        self.seed = seed
        self.patience = patience
        self.table = StressOutcomes(getattr(scenario, "__name__", "scenario"))
        self.shown = False

    def run(self) -> StressOutcomes:
        began = time.monotonic()
        number = 0
        try:
            while True:
                elapsed = time.monotonic() - began
                rounds = None if self.limit is None else self.limit - self.table.rounds
                if (number and elapsed >= self.seconds) or rounds == 0:
                    break
                self._child(number, max(self.seconds - elapsed, 0.001), rounds, began)
                number += 1
        finally:
            self.table.seconds = time.monotonic() - began
            if self.shown:
                print("\r" + " " * 78 + "\r", end="", flush=True)
        return self.table

    def _child(self, number: int, seconds: float, rounds: int | None, began: float) -> None:
        """Run one child to its end and add what it reports."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            dump = Path(folder, "threads.txt")
            dump.touch()
            options = Options(seconds, rounds, self.switch_interval, f"{self.seed}:{number}", self.patience, str(dump))
            child = children.start(self.scenario, options)
            try:
                state = self._follow(child, time.monotonic() + seconds + 2 * self.patience + 1.0, began)
                if state.state == SILENT:  # no report came any more: no Python code can run in the child
                    child.ask_where()
                    time.sleep(0.2)
                    self._hung(dump.read_text(errors="replace"), {}, moving=True)
                elif state.state == HUNG:
                    self._hung(dump.read_text(errors="replace"), state.names or {}, state.moving)
                elif state.state == RUNNING:
                    self.table.add(Execution(RAISED, error="the process ended (os._exit or a crash)"))
                    self.table.rounds += 1
            finally:
                child.end()

    def _follow(self, child: children.Child, deadline: float, began: float) -> Report:
        """Add the child's reports; return the last one, or `SILENT` if none came by the deadline."""
        inbox: queue.SimpleQueue[Report | None] = queue.SimpleQueue()

        def receive() -> None:
            with child.reports:
                while (report := child.read()) is not None:
                    inbox.put(report)
            inbox.put(None)

        threading.Thread(target=receive, name="stress reports", daemon=True).start()
        last = Report(RUNNING, 0, [])
        while True:
            self._progress(began)
            try:
                report = inbox.get(timeout=max(0.0, min(0.25, deadline - time.monotonic())))
            except queue.Empty:
                if time.monotonic() >= deadline:
                    return Report(SILENT, 0, [])
                continue
            if report is None:
                return last
            last = report
            self._add(report)

    def _add(self, report: Report) -> None:
        for outcome, observation, error, times in report.rows:
            count(self.table, Execution(outcome, observation, error), times)
        self.table.rounds += report.rounds
        self.table.output = (self.table.output + report.output)[:OUTPUT_LIMIT]

    def _hung(self, dump: str, names: dict[int, str], moving: bool) -> None:
        places = where_threads_are(dump, names)
        self.table.add(Execution(LIVELOCK if moving else DEADLOCK, error=", ".join(places)))
        self.table.rounds += 1
        self.table.dump = self.table.dump or dump

    def _progress(self, began: float) -> None:
        elapsed = time.monotonic() - began
        if elapsed >= PROGRESS_AFTER:
            self.shown = True
            text = f"stress {self.table.name}: {elapsed:.0f} of {self.seconds:g} s, {self.table.rounds:,} rounds"
            print(f"\r{text[:77]:<77}", end="", flush=True)
