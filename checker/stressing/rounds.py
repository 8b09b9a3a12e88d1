"""What happens in the child: round after round of the scenario on real threads, and a watch over them."""

from __future__ import annotations

import faulthandler
import io
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from checker.outcomes import FINISHED, LEAKED, RAISED, Execution, Outcomes
from checker.stressing.dump import foreign

#: Threads that are started within this many seconds of each other leave the gate together.
GATHER = 1e-4
#: More different outcomes than this are counted in one row.
MANY_ROWS = 200
#: Characters of the scenario's output that are kept.
OUTPUT_LIMIT = 64 * 1024
#: How often the child reports what it has counted, in seconds.
REPORT_EVERY = 0.2
#: How long threads that a round left behind may take to end before the child is given up, in seconds.
GRACE = 0.02

RUNNING, DONE, TAINTED, HUNG = "running", "done", "tainted", "hung"


@dataclass(frozen=True, slots=True)
class Options:
    """What the parent asks for; times in seconds."""

    seconds: float
    rounds: int | None
    switch_interval: float
    seed: str
    patience: float
    dump: str  # path of the file that tells where threads hang


@dataclass(frozen=True, slots=True)
class Report:
    """What the child sends now and then: what it counted since the last report."""

    state: str
    rounds: int
    rows: list[tuple[str, Any, str, int]]  # outcome, observation, error, count
    output: str = ""
    names: dict[int, str] | None = None  # of the threads in the dump, by ident
    moving: bool = False  # some thread still moved in the round that did not end


class Rounds:
    """Runs the scenario until the time or the rounds are used up, or a round leaves something behind."""

    def __init__(self, scenario: Callable[[], Any], options: Options, send: Callable[[Report], None]) -> None:
        self.scenario = scenario
        self.options = options
        self.send = send
        self.finished_rounds = 0
        self.reported_rounds = 0
        self.table = Outcomes()
        self.output = _BoundedText()
        self.thread_error = ""
        self.parent = os.getppid()
        self.reporting = threading.Lock()

    def run(self) -> None:
        """Run the rounds; the last report says why they ended."""
        sys.settrace(None)
        sys.setprofile(None)
        sys.stdout = sys.stderr = self.output
        if hasattr(faulthandler, "register"):  # so that the parent can ask even when no Python code can run
            dump = open(self.options.dump, "a")  # noqa: SIM115 - must stay open as long as the process lives
            faulthandler.register(signal.SIGUSR1, file=dump, all_threads=True)
        random.seed(self.options.seed)
        threading.excepthook = self._note_thread_error
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        threading.settrace(_Gate(random.Random(self.options.seed)).wait)
        sys.setswitchinterval(self.options.switch_interval)

        deadline = time.monotonic() + self.options.seconds
        due = time.monotonic() + REPORT_EVERY
        while True:
            clean = self._one_round()
            now = time.monotonic()
            done = now >= deadline or self.finished_rounds == self.options.rounds
            if done or not clean:
                with self.reporting:
                    return self._report(DONE if done else TAINTED)
            if now >= due:
                with self.reporting:
                    self._report(RUNNING)
                due = now + REPORT_EVERY

    def _one_round(self) -> bool:
        """Run the scenario once and count its outcome; False if it left threads behind."""
        before = set(threading.enumerate())
        self.thread_error = ""
        try:
            observation = self.scenario()
        except BaseException as error:
            execution = Execution(RAISED, error=_describe(error))
        else:
            left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
            if self.thread_error:
                execution = Execution(RAISED, error=self.thread_error)
            elif left:
                names = ", ".join(sorted(thread.name for thread in left))
                execution = Execution(LEAKED, error=f"{names} still alive")
            else:
                execution = Execution(FINISHED, observation if _plain(observation) else repr(observation))
        count(self.table, execution)
        self.finished_rounds += 1

        until = time.monotonic() + GRACE
        for thread in set(threading.enumerate()) - before:
            thread.join(max(0.0, until - time.monotonic()))
        return set(threading.enumerate()) <= before

    def _report(self, state: str, **more: Any) -> None:
        rows = [(row.outcome, row.observation, row.error, row.count) for row in self.table.rows]
        rounds = self.finished_rounds - self.reported_rounds
        self.send(Report(state, rounds, rows, self.output.take(), **more))
        self.table = Outcomes()
        self.reported_rounds = self.finished_rounds

    def _watch(self) -> None:
        """Look on from a thread of its own: report a round that does not end, and end the process.

        A thread counts as moving if it is seen at different places, or if the process uses CPU time.
        """
        tick = self.options.patience / 20
        seen, since, cpu, moving = -1, 0.0, 0.0, False
        places: dict[int, tuple[int, int]] = {}
        while True:
            time.sleep(tick)
            if os.getppid() != self.parent:
                os._exit(1)  # nobody is left to report to
            now, where = time.monotonic(), self._places()
            if seen != self.finished_rounds:
                seen, since, cpu, moving = self.finished_rounds, now, time.process_time(), False
            elif where != places:
                moving = True
            places = where
            if now - since >= self.options.patience:
                with self.reporting:
                    if seen != self.finished_rounds:
                        continue  # it ended after all
                    moving = moving or time.process_time() - cpu > 0.1 * (now - since)
                    with open(self.options.dump, "a") as dump:
                        faulthandler.dump_traceback(file=dump, all_threads=True)
                    names = {thread.ident or 0: thread.name for thread in threading.enumerate()}
                    self._report(HUNG, names=names, moving=moving)
                    os._exit(0)

    @staticmethod
    def _places() -> dict[int, tuple[int, int]]:
        own = threading.get_ident()
        frames = sys._current_frames()
        return {ident: (id(frame), frame.f_lasti) for ident, frame in frames.items() if ident != own}

    def _note_thread_error(self, args: Any) -> None:
        if not self.thread_error and args.exc_type is not SystemExit:
            name = args.thread.name if args.thread else "a thread"
            self.thread_error = f"{_describe(args.exc_value)}, in {name}"


def count(table: Outcomes, execution: Execution, times: int = 1) -> None:
    """Add an execution to a table that stays small whatever the scenario returns."""
    if len(table) >= MANY_ROWS and table.find(execution) is None:
        execution = Execution(FINISHED, "further outcomes, counted together")
    table.add(execution, count=times)


class _Gate:
    """Holds each new thread back at its first line until no further one arrives, so that they start together.

    `together` starts its threads one after another, and the first would often be done before the last
    begins. `threading.settrace` calls `wait` in each new thread, whoever made it; tracing ends there. A small
    random lateness of some threads makes the rounds differ.
    """

    def __init__(self, random: random.Random) -> None:
        self._random = random
        self._opens = 0.0

    def wait(self, frame: Any, event: str, argument: Any) -> None:
        sys.settrace(None)
        now = time.perf_counter
        limit = now() + 100 * GATHER
        self._opens = now() + GATHER
        late = self._random.choice((0.0, 0.0, GATHER / 2)) * self._random.random()
        while now() < min(self._opens + late, limit):
            time.sleep(0)


class _BoundedText(io.StringIO):
    """Keeps the first characters that are written and drops the rest."""

    def write(self, text: str) -> int:
        room = OUTPUT_LIMIT - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)

    def take(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def _plain(value: Any) -> bool:
    """Whether a value is plain built-in data all the way down, and so can be sent and compared."""
    if type(value) in (int, float, str, bool, bytes, type(None), complex):
        return True
    if type(value) in (list, tuple, set, frozenset):
        return all(map(_plain, value))
    return type(value) is dict and all(_plain(key) and _plain(item) for key, item in value.items())


def _describe(error: BaseException) -> str:
    """The error and the innermost line of the scenario's own code: "ValueError: no (line 3 of f)"."""
    text = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    for entry in reversed(traceback.extract_tb(error.__traceback__)):
        if not foreign(entry.filename):
            return f"{text} (line {entry.lineno} of {entry.name})"
    return text
