"""The threads of one execution, and the operations at which they may be switched."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Access = tuple[Any, Any, bool]  # (base, item, write)
Clock = dict[int, int]  # vector clock: task index -> events of that task known to have happened

# Kinds of operation. The names are those the story uses.
BEGIN = "begin"
ACCESS = "access"
ACQUIRE = "acquire"  # blocks until the lock is free, or its deadline
TRY = "try"  # never blocks
RELEASE = "release"
LOOK = "look"  # reads a lock's or a thread's state
JOIN = "join"
END = "end"
RETURN = "return"  # the scenario returns
SLEEP = "sleep"
SPIN = "spin"  # a round of a loop changed nothing: wait until somebody else does
CLOCK = "clock"  # reads the time (a choice only with delays)
TICK = "tick"  # time moves to the next deadline
PUT = "put"
GET = "get"


class Op:
    """What a task will do next: a *step* begins with it.

    `ready` says whether it can go on now (None: always); `deadline` is the virtual time from which it can go on
    anyway. `accesses` are the locations it touches; two operations that touch the same one, at least one of them
    writing, are dependent: their order matters. Where the state decides what is touched, as in `d.pop(key, None)`,
    `effect` tells it as of now, and `accesses` what it was when the task arrived here.
    """

    __slots__ = ("kind", "accesses", "ready", "deadline", "what", "effect")

    def __init__(
        self,
        kind: str,
        accesses: tuple[Access, ...] = (),
        ready: Callable[[], bool] | None = None,
        deadline: float | None = None,
        what: Any = None,
        effect: Callable[[], tuple[Access, ...]] | None = None,
    ) -> None:
        self.kind = kind
        self.accesses = accesses
        self.ready = ready
        self.deadline = deadline
        self.what = what
        self.effect = effect

    def __repr__(self) -> str:
        return f"<{self.kind} {self.accesses}>"


class Unwind(BaseException):
    """Ends a controlled thread. Raised at every step once the execution has ended, so that nothing can hold it up."""


class Task:
    """One controlled thread."""

    __slots__ = (
        "index",
        "name",
        "thread",
        "ident",
        "os_ident",
        "gate",
        "op",
        "finished",
        "exited",
        "daemon",
        "clock",
        "steps",
        "stop_at",
        "stops",
        "held",
        "changed",
        "slept",
        "timed",
        "mark",
        "busy",
        "wrote",
        "did",
        "turns",
        "took",
        "refused",
        "spin",
        "young",
        "old",
        "random",
        "body",
        "started_by",
        "reads_clock",
        "quiet",
        "generators",
        "made",
        "delayed",
    )

    def __init__(self, index: int, name: str, thread: threading.Thread | None, daemon: bool) -> None:
        self.index = index
        self.name = name
        self.thread = thread
        self.ident = 0  # what get_ident() gives: the same in every execution
        self.os_ident = 0
        self.gate: Any = None  # of the worker that serves it
        self.op: Op | None = None
        self.finished = False
        self.exited = False
        self.daemon = daemon
        self.clock: Clock = {}
        self.steps = 0
        self.stop_at = -1
        self.stops: list[int] = []
        self.held: list[Any] = []
        # of the round of a loop that is under way: whether it changed anything, slept, and looked at the time itself
        self.changed = self.slept = self.timed = False
        self.mark: Any = None  # what an idle round ended with
        self.busy: Any = None  # (loop, steps of others, rounds in which others made none)
        self.wrote: list[Any] | None = None  # the writes of the round, where they count
        self.did: Any = None  # what the last round did before others were let go on
        self.took: set[int] = set()  # locks, since the rounds are idle
        self.refused: set[int] = set()  # locks that were found taken
        self.turns = 0  # how many times in a row that was the same
        self.spin: Any = None
        # generators by the ids of their frames: those that ran in this round only, and those of earlier rounds
        self.young: set[int] = set()
        self.old: set[int] = set()
        self.random: Any = None
        self.reads_clock = False
        self.quiet = 0
        self.generators = 0
        self.made = 0
        self.delayed = 0

    def __repr__(self) -> str:
        return f"<task {self.index} {self.name}>"


def join_clock(into: Clock, other: Clock) -> None:
    """The componentwise maximum, in place."""
    for index, count in other.items():
        if count > into.get(index, 0):
            into[index] = count
