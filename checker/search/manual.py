"""Follows choices made by hand, and stops at the next one that is open.

A *path* names, for every moment at which the engine asks who goes on, the thread that does. Most of these moments
are no choice to a reader (a thread begins, ends, or its join is over): they are passed by themselves. At the first
real one after the path the execution is abandoned, and what every thread is about to do is noted.
"""

from __future__ import annotations

import linecache
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..engine.calls import call_at
from ..engine.contents import ALL
from ..engine.naming import Place, short
from ..engine.primitives import ControlledLock, ControlledRLock
from ..engine.sites import THREADS, Site
from ..engine.tasks import ACCESS, ACQUIRE, CLOCK, END, RETURN, SLEEP, SPIN, TICK, Task
from ..outcomes import Stuck
from .dpor import immediate

if TYPE_CHECKING:
    from ..engine.runtime import Runtime

MAIN = 1  # the scenario's own thread


@dataclass(frozen=True, slots=True)
class Lane:
    """What one unfinished thread is at."""

    task: int  # its number in a path
    name: str
    action: str  # the kind of its next operation: read, write, call, acquire, release, …
    target: str  # what that touches: "value", "Counter._lock"; "" if nothing has a name
    movable: bool
    stuck: Stuck  # where it is, what it holds, whom it waits for
    first: int  # line at which its function begins; 0 if unknown


class Manual:
    """The policy. `path` is what was passed; `turns` are the places in it that were choices."""

    complete = False

    def __init__(self, path: list[int]) -> None:
        self.given = path
        self.path: list[int] = []
        self.turns: list[int] = []
        self.lanes: list[Lane] = []
        self.values: dict[str, str] = {}
        self.diverged = ""

    def begin(self) -> None:
        pass

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        plain = passed(ready)
        if plain is None:
            self.turns.append(len(self.path))
        if len(self.path) < len(self.given):
            wanted = self.given[len(self.path)]
            chosen = next((task for task in ready if task.index == wanted), None)
            if chosen is None:
                self.diverged = f"thread {wanted} could not go on after {len(self.path)} choices"
                return None
        elif plain is not None:
            chosen = plain
        else:
            self.turns.pop()
            self.lanes = lanes(rt, ready)
            return None
        self.path.append(chosen.index)
        return chosen

    def end(self, rt: Runtime) -> None:
        self.values = values(rt)


class Recorder:
    """Lets another policy choose, and keeps the path that it takes."""

    complete = False

    def __init__(self, policy: Any) -> None:
        self.policy = policy
        self.path: list[int] = []

    @property
    def diverged(self) -> str:
        return str(self.policy.diverged)

    def begin(self) -> None:
        self.policy.begin()

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        chosen: Task | None = self.policy.choose(rt, ready, running)
        if chosen is not None:
            self.path.append(chosen.index)
        return chosen

    def end(self, rt: Runtime) -> None:
        self.policy.end(rt)


class Promptly:
    """Follows a path, but lets threads begin, and joins end, as soon as they can: that is no choice to a reader."""

    complete = False
    diverged = ""

    def __init__(self, path: list[int]) -> None:
        self.left = list(path)
        self.path: list[int] = []

    def begin(self) -> None:
        pass

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        task = immediate(ready)
        if task is None or task.index not in self.left:
            task = next((one for one in ready if one.index in self.left[:1]), None)
        if task is not None:
            self.left.remove(task.index)
            self.path.append(task.index)
        return task

    def end(self, rt: Runtime) -> None:
        pass


def passed(ready: list[Task]) -> Task | None:
    """The thread that goes on without asking, or None where there is something to choose."""
    task = immediate(ready)
    if task is not None:
        return task
    for task in ready:
        if task.op is not None and task.op.kind == END:
            return task
    if len(ready) == 1 and (ready[0].index == MAIN or ready[0].op is None):
        return ready[0]
    return None


# -- what a reader sees at a choice -----------------------------------------------------------------------------


def lanes(rt: Runtime, ready: list[Task]) -> list[Lane]:
    """All unfinished threads, and the clock where it is a choice. Called while they stand at their operations."""
    tracer = rt.tracer
    assert tracer is not None
    found = []
    for task in [*rt.live, *(task for task in ready if task is rt.clock_task)]:
        op = task.op
        assert op is not None
        stuck = tracer.stuck(task)
        action, target = op.kind, stuck.target
        if op.kind == ACCESS and isinstance(op.what, Site):
            action, target = op.what.action, op.what.name
        elif stuck.action in ("wait", "wait_for"):
            action = "wait" if op.kind == ACQUIRE else "notify"
        elif op.kind not in (SPIN, SLEEP, TICK, CLOCK, RETURN) and op.what is not None and not target:
            target = tracer.names.label(op.what)
        frame = call_at(sys._current_frames().get(task.os_ident)).learner
        first = frame.f_code.co_firstlineno if frame is not None else 0
        found.append(Lane(task.index, stuck.thread, action, target, task in ready, stuck, first))
    return found


def values(rt: Runtime) -> dict[str, str]:
    """What the shared places hold now, by name: those where a switch matters, then those two threads have touched."""
    tracer = rt.tracer
    assert tracer is not None
    places = [raw.target for raw in tracer.raw if isinstance(raw.target, Place) and raw.place is None]
    named = [(tracer.names.text(place), place.obj, place.item) for place in places]
    named += [(_name(rt, obj, item), obj, item) for obj, item in _touched(rt)]
    found: dict[str, str] = {}
    for name, obj, item in named:
        value = _held(obj, item)
        if name and name not in found and value is not _NOTHING:
            if not isinstance(value, (ControlledLock, ControlledRLock)):
                found[name] = short(value)
    return found


def _touched(rt: Runtime) -> list[tuple[Any, Any]]:
    """The places that at least two threads have touched, one of them writing."""
    kept = {id(obj): obj for obj in rt.keep}
    found = []
    for base, cells in rt.races.cells.items():
        if base in kept and base != id(THREADS):
            for item, cell in cells.items():
                if cell.writes and len(cell.reads.keys() | cell.writes.keys()) > 1:
                    found.append((kept[base], item))
    return found


def _name(rt: Runtime, obj: Any, item: Any) -> str:
    assert rt.tracer is not None
    if type(obj).__name__ == "cell":
        return ""  # its name is known only where a switch matters
    if isinstance(obj, dict) and rt.is_learners(obj):
        return str(item)
    label = rt.tracer.names.label(obj)
    if item is ALL:
        return label
    return f"{label}[{short(item)}]" if isinstance(obj, (dict, list)) else f"{label}.{item}"


_NOTHING = object()


def _held(obj: Any, item: Any) -> Any:
    """What a place holds, without running code of the learner's; _NOTHING if it is gone."""
    try:
        if type(obj).__name__ == "cell":
            return obj.cell_contents
        if item is ALL:
            return obj
        if isinstance(obj, dict):
            return dict.__getitem__(obj, item)
        if isinstance(obj, list):
            return list.__getitem__(obj, item)
        return object.__getattribute__(obj, item)
    except Exception:  # a deleted attribute, an emptied cell, an index that is no more
        return _NOTHING


def excerpt(lane: Lane, around: int = 6) -> list[tuple[int, str]]:
    """The lines of the thread's function near its next line: (number, text), without common indentation."""
    line = lane.stuck.line
    if not line:
        return []
    text = linecache.getlines(lane.stuck.file)
    begin = max(lane.first if 0 < lane.first <= line else line, line - around)
    indent = _indent(text[lane.first - 1]) if 0 < lane.first <= len(text) else 0
    found = []
    for number in range(begin, min(line + around, len(text)) + 1):
        row = text[number - 1].rstrip()
        if number > line and row and _indent(row) <= indent:
            break  # the function is over
        found.append((number, row[indent:]))
    while found and not found[-1][1]:
        found.pop()
    return found


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())
