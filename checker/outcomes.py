"""What an exploration found, as plain data: executions, their steps, and the table of outcomes.

Everything here can be written as JSON by `checker.wire` and sent from one process to another.
Nothing here knows how executions are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: How one execution can end.
FINISHED = "finished"  # the scenario returned; it has an observation
RAISED = "raised"  # an exception left the scenario or one of its threads
DEADLOCK = "deadlock"  # unfinished threads, none of which can ever move
LIVELOCK = "livelock"  # the step budget was spent, or threads spin for ever
LEAKED = "leaked"  # the scenario returned while a non-daemon thread was alive
NONDETERMINISTIC = "nondeterministic"  # the same schedule did not give the same steps
#: The value of a step that looked where nothing is: a key that a dict does not have.
NOTHING = "nothing"
KINDS = (FINISHED, RAISED, DEADLOCK, LIVELOCK, LEAKED, NONDETERMINISTIC)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a traced execution, as a reader wants to see it."""

    thread: str  # the thread's name
    action: str  # read, write, call, acquire, wait, woken, timeout, release, join, sleep, raise, put, get, set, …
    target: str  # what was touched: "counter._value", "lock A", a thread's name
    value: str  # short repr of the value read or written, or NOTHING; the result of an acquire; "" if none
    file: str
    line: int  # 1-based; 0 if unknown
    source: str  # the source line, stripped
    function: str
    holds: tuple[str, ...]  # labels of the locks the thread holds after the step
    time: float  # virtual seconds since the execution began
    switched: bool  # another thread made the step before this one
    preempted: bool  # ... although that thread could have gone on


@dataclass(frozen=True, slots=True)
class Stuck:
    """A thread that had not ended when the execution did, and what it waits for."""

    thread: str
    action: str  # acquire, join, get, sleep, spin, ...
    target: str  # label of the lock or thread it waits for; "" if none
    holder: str  # name of the thread that holds it; "" if nobody or not known
    holds: tuple[str, ...]
    file: str
    line: int
    source: str


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a scenario under one schedule."""

    outcome: str  # one of KINDS
    observation: Any = None  # what the scenario returned, if it finished
    error: str = ""  # "ValueError: ..." and where, if it raised
    note: str = ""  # one sentence on how it ended, for a reader; "" if finished
    schedule: str = ""  # replay text
    preemptions: int = 0
    seconds: float = 0.0  # virtual time that passed
    output: str = ""  # what it printed, cut to a bound
    steps: tuple[Step, ...] = ()  # filled only for an execution that was traced
    stuck: tuple[Stuck, ...] = ()


@dataclass(slots=True)
class Row:
    """One line of the outcome table."""

    outcome: str
    observation: Any
    error: str
    count: int
    schedule: str  # the first schedule that led here
    allowed: bool = True

    @property
    def label(self) -> str:
        """What a reader calls this outcome: the observation's repr, or the outcome and its error."""
        if self.outcome == FINISHED:
            text = repr(self.observation)
        else:
            text = f"{self.outcome}: {self.error}" if self.error else self.outcome
        return text if len(text) <= 120 else text[:117] + "..."


class Outcomes(Mapping[Any, Row]):
    """The outcome table: observation (or outcome name such as "deadlock") -> `Row`.

    >>> table = Outcomes()
    >>> _ = table.add(Execution("finished", observation=[2])); _ = table.add(Execution("deadlock"))
    >>> table[[2]].count, table["deadlock"].count, len(table)
    (1, 1, 2)
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def add(self, execution: Execution, *, count: int = 1, allowed: bool = True) -> Row:
        """Count one more execution; return its row."""
        row = self.find(execution)
        if row is None:
            row = Row(execution.outcome, execution.observation, execution.error, 0, execution.schedule, allowed)
            self.rows.append(row)
        row.count += count
        return row

    def find(self, execution: Execution) -> Row | None:
        for row in self.rows:
            if row.outcome != execution.outcome:
                continue
            if row.outcome == FINISHED:
                if same(row.observation, execution.observation):
                    return row
            elif row.error == execution.error:
                return row
        return None

    @property
    def total(self) -> int:
        return sum(row.count for row in self.rows)

    def __getitem__(self, key: Any) -> Row:
        for row in self.rows:
            if (row.observation if row.outcome == FINISHED else row.outcome) == key:
                return row
        raise KeyError(key)

    def __iter__(self) -> Iterator[Any]:
        return (row.observation if row.outcome == FINISHED else row.outcome for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        if not self.rows:
            return "no executions"
        width = max(len(str(row.count)) for row in self.rows)
        return "\n".join(
            f"{row.count:>{width}} x {row.label}" + ("" if row.allowed else "   <- forbidden")
            for row in sorted(self.rows, key=lambda row: -row.count)
        )

    __repr__ = __str__


def same(a: Any, b: Any) -> bool:
    """Equality of observations: same built-in types all the way down, and equal.

    >>> same([1, 2], [1, 2]), same(1, True), same((1,), [1])
    (True, False, False)
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(key in b and same(value, b[key]) for key, value in a.items())
    try:
        return bool(a == b) or repr(a) == repr(b) == "nan"
    except Exception:  # a comparison of the learner's own making may do anything
        return a is b


@dataclass(slots=True, repr=False)
class Exploration:
    """What exploring a scenario found.

    `holds` is True if no explored schedule failed; `claim` says exactly what was explored. Shown as the whole
    story: as text, and in a notebook as a page.
    """

    name: str  # the scenario's name
    outcomes: Outcomes = field(default_factory=Outcomes)
    schedules: int = 0  # executions that were run to their end and counted
    exhaustive: bool = False  # the executions stand for every schedule
    claim: str = ""
    failure: Execution | None = None  # the shrunk, replayed, traced failing execution
    steps: int = 0  # steps made in all executions together
    seconds: float = 0.0  # real time spent
    expected: str = ""  # how the expectation reads, for the report
    policy: str = ""  # how the schedules were chosen
    printed: int = 0  # the most characters that one execution printed
    out_of_time: bool = False  # the bound in real seconds ended the search

    @property
    def holds(self) -> bool:
        """No explored schedule failed."""
        return self.failure is None

    @property
    def outcome(self) -> str:
        """How the failing execution ended, or "finished" if none failed."""
        return self.failure.outcome if self.failure else FINISHED

    @property
    def schedule(self) -> str | None:
        """Replay text of the failure, or None."""
        return self.failure.schedule if self.failure else None

    # The words are found by a module above this one, asked only when somebody looks.

    def __str__(self) -> str:
        from .story import tell

        return tell(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from .story import html

        return html(self)
