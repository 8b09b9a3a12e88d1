"""Loops that wait: what a round of a loop has changed, and when rounds go on for ever.

A round that wrote nothing, left the locks that it took, and ends with the local variables it began with will be
repeated unchanged until another thread (or time) changes something. Three uses are made of this:

* a round without any sleep is left out: the thread waits until something has changed. That loses no behaviour;
* if every thread that could ever go on polls in such rounds, asleep in between, no time that passes helps: livelock
  (not if one waits for a lock that another one takes and gives back: they may miss each other the next time);
* threads that keep others from running by rounds which write the same again and again have to let these go on; if
  all come back to that, it is a livelock, too.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from ..outcomes import LIVELOCK
from .contents import PLAIN
from .sites import Site
from .tasks import SPIN, Op, Task

if TYPE_CHECKING:
    from .runtime import Runtime

#: Rounds after which a loop that only counts, or that keeps others from running, has to wait for others.
PATIENT_ROUNDS = 500
#: Idle rounds of every polling thread that make up a window, and windows in a row after which it is a livelock. The
#: first window begins in the middle of rounds, and may end with a thread that has just left its loop.
WINDOW, WINDOWS = 3, 2
#: How often all threads have to let others go on, having written the same as the last time, until it is a livelock.
TURNS = 3


class Rounds:
    """The loops of one execution."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.calm: dict[int, int] = {}  # idle rounds of each thread since anything was changed
        self.windows = 0

    def stir(self) -> None:
        """Shared state was changed outside of idle rounds."""
        self.calm.clear()
        self.windows = 0

    def end(self, site: Site) -> None:
        """The running task has come to the end of a round of the loop at `site`."""
        task = self.rt.step()
        frame = sys._getframe(2)
        if task.changed or task.timed:
            if self.calm:
                self.stir()
            task.mark = None
        else:
            self.poll(task, site, frame)
        task.timed = False
        task.old |= task.young
        task.young.clear()
        self.yield_to_others(task, site, frame)
        self.spin(task, site, frame)

    # -- polling ------------------------------------------------------------------------------------------------

    def poll(self, task: Task, site: Site, frame: FrameType) -> None:
        """An idle round, in which time may have passed: if all others are idle as well, nothing will ever change."""
        stuck = [other for other in self.rt.live if _stuck(other)]
        held = [id(lock) for lock in task.held if not getattr(lock, "waiter", False)]
        mark = (site, held, _values(frame), [(other.index, other.steps) for other in stuck])
        if mark != task.mark:
            self.stir()
            task.mark = mark
            task.took.clear()
            task.refused.clear()
            return
        self.calm[task.index] = self.calm.get(task.index, 0) + 1
        polling = [other for other in self.rt.live if other not in stuck]
        if all(self.calm.get(other.index, 0) >= WINDOW for other in polling):
            self.calm.clear()
            self.windows += 1
            if self.windows > WINDOWS and not any(
                one.refused & other.took for one in polling for other in polling if other is not one
            ):
                self.end_in_livelock(polling, "poll", "nobody can change what the loop waits for")

    def end_in_livelock(self, tasks: list[Task], verb: str, why: str) -> NoReturn:
        names = [task.name for task in tasks]
        who = f"{names[0]} {verb}s" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} {verb}"
        self.rt.finish(LIVELOCK, note=f"{who} for ever: {why}")
        raise AssertionError("finish does not return")

    # -- keeping others from running ------------------------------------------------------------------------------

    def yield_to_others(self, task: Task, site: Site, frame: FrameType) -> None:
        """After many rounds in which nobody else ran although somebody could: let others go on."""
        rt = self.rt
        others = rt.steps - task.steps
        if task.busy is None or task.busy[:2] != (site, others):
            task.busy, task.wrote = (site, others, 0), None
            return
        rounds = task.busy[2] + 1
        task.busy = (site, others, rounds)
        if rounds == PATIENT_ROUNDS:
            task.wrote = []
        if rounds <= PATIENT_ROUNDS or not any(other is not task and _ready(other, rt.now) for other in rt.live):
            return
        did = (site, len(task.held), _values(frame), task.wrote)
        task.turns = task.turns + 1 if did == task.did else 1
        task.did, task.wrote, task.busy = did, None, None
        rt.doubt(f"a loop makes more than {PATIENT_ROUNDS} rounds while others could run")
        if all(other is task or _stuck(other) or _gone_round(other) for other in rt.live) and task.turns >= TURNS:
            going = [other for other in rt.live if not _stuck(other)]
            self.end_in_livelock(going, "go", "each round writes what the last one wrote")
        rt.point(Op(SPIN, (), lambda: rt.steps - task.steps != others, None, site))

    # -- spinning -----------------------------------------------------------------------------------------------

    def spin(self, task: Task, site: Site, frame: FrameType) -> None:
        """If the round changed nothing, wait until somebody else does; time passes for one that watches the clock."""
        rt = self.rt
        last = task.spin
        works = task.changed
        task.changed = False
        # its own balanced lock operations are no change
        if (
            last is None
            or last[0] is not site
            or task.slept
            or len(task.held) != last[2]
            or (works and not task.reads_clock)
        ):
            task.slept = False
            task.quiet = 0
            task.spin = (site, rt.version, len(task.held), None, rt.now, 0)
            return
        _, version, held, locals_, since, rounds = last
        unchanged = rt.version - version == task.quiet
        if not (unchanged or task.reads_clock):
            task.quiet = 0
            task.spin = (site, rt.version, held, None, rt.now, 0)
            return
        if unchanged:
            rt.version -= task.quiet
        task.quiet = 0
        rounds += 1
        snapshot = [(name, id(value)) for name, value in frame.f_locals.items() if type(value) is not float]
        task.spin = (site, rt.version, held, snapshot, since, rounds)
        if (snapshot == locals_ and not works) or rounds > PATIENT_ROUNDS:
            before = rt.version
            deadline = None
            if task.reads_clock:  # it waits for time to pass: in small steps, at most 1 % too late
                deadline = rt.now + max(0.001, 0.01 * (rt.now - since))
            task.reads_clock = False
            rt.point(Op(SPIN, (), lambda: rt.version != before, deadline, site))
            if rt.version != before and deadline is None:
                task.spin = None


def _stuck(task: Task) -> bool:
    """It waits for what no passing of time brings."""
    op = task.op
    return op is not None and op.kind != SPIN and op.deadline is None and op.ready is not None and not op.ready()


def _ready(task: Task, now: float) -> bool:
    op = task.op
    assert op is not None
    return op.ready is None or op.ready() or (op.deadline is not None and op.deadline <= now)


def _gone_round(task: Task) -> bool:
    """It has let others go on time and again, and is doing so now."""
    return task.op is not None and task.op.kind == SPIN and task.turns >= TURNS


def _values(frame: FrameType) -> list[tuple[str, Any]]:
    return [(name, value if type(value) in PLAIN else id(value)) for name, value in frame.f_locals.items()]
