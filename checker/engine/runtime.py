"""Runs one execution of a scenario: one thread at a time, switched where a policy says.

Every controlled thread is a real OS thread that waits at its gate; exactly one, the holder of the *baton*, runs.
At each operation it asks the policy who goes on, and hands the baton over if it is somebody else. The runtime
decides nothing: it counts, keeps virtual time, notices races, deadlock, livelock and leaks, and ends the threads.
"""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn, Protocol

from ..outcomes import DEADLOCK, FINISHED, LEAKED, LIVELOCK, NONDETERMINISTIC, RAISED, Execution, Step, Stuck
from . import current, threads, watch
from .calls import line_of
from .contents import ALL, FROZEN, GENERATORS, PLAIN, Effect, touched
from .output import Capture
from .owning import is_learner_file
from .races import Races
from .rounds import Rounds
from .sites import ENDS, IDS, IDS_SITE, RESULT, STARTS, THREADS, Site
from .tasks import (
    ACCESS,
    BEGIN,
    CLOCK,
    END,
    LOOK,
    RETURN,
    SPIN,
    TICK,
    TRY,
    Access,
    Clock,
    Op,
    Task,
    Unwind,
    join_clock,
)
from .tracing import Tracer
from .wording import describe_error, enumerated, verb

# bound here: during an exploration the module's own names are the controlled ones
_get_ident = _thread.get_ident
_allocate_lock = _thread.allocate_lock

#: By how much a deadline has passed when time has moved to it, in seconds: exact in binary, far below a microsecond.
TICK_SECONDS = 2.0**-30

MAX_STEPS = 100_000

#: With delays: how many deadlines in a row may pass while a thread could run and does not.
MOST_DELAYS = 4


_KEEPING_TIMEOUTS = ("threading", "queue", "concurrent.futures._base")


class Policy(Protocol):
    """Decides who runs. The seam between the search and the engine."""

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        """Return the task that makes the next step, one of `ready`; None abandons the execution as redundant.

        `running` is the task that has just arrived at its operation (None if it has ended).
        """


class Runtime:
    """One execution. Make it, `run` it, read its fields, throw it away."""

    local_type = _thread._local

    def __init__(
        self,
        policy: Policy,
        *,
        world: Any,
        delays: bool = False,
        max_steps: int = MAX_STEPS,
        patience: float = 5.0,
        seed: int = 0,
        stops: dict[int, list[int]] | None = None,
        trace: bool = False,
        everything: bool = False,
    ) -> None:
        self.policy = policy
        self.world = world
        self.woven: set[int] = world.woven
        self.fragile: dict[int, str] = world.fragile
        self.rounds = Rounds(self)
        self.calm = self.rounds.calm
        self.delays = delays
        self.max_steps = max_steps
        self.patience = patience
        self.seed = seed
        self.stops = stops  # replay: task index -> steps before which a switch happens
        self.everything = everything  # every access is visible
        self.tracer = Tracer(self) if trace else None
        self.capture = Capture()

        self.clock_task = Task(0, "clock", None, True)
        self.clock_task.op = Op(TICK, (("time", ALL, True),))
        self.tasks: list[Task] = [self.clock_task]
        self.live: list[Task] = []
        self.by_os_ident: dict[int, Task] = {}
        self.alone = True  # only the scenario's own thread has ever run
        self.task: Task = self.clock_task
        self.running = 0
        self.looks = world.looks
        self.now = world.looks.epoch
        self.steps = 0
        self.version = 0  # counts the changes of shared state
        self.ended = False
        self.stubborn = False  # it did not end by itself
        self.outcome = ""
        self.observation: Any = None
        self.error = ""
        self.note = ""
        self.stuck: tuple[Stuck, ...] = ()
        self.thread_error = ""
        self.died = ""  # an exception that is kept until all threads have ended
        self.doubts: list[str] = []
        self.races = Races()
        self.aliases: dict[int, Any] = {}  # id of an instance's dictionary -> the instance
        self.numbers: dict[int, int] = {}  # what id() gives for an object
        self.frames: dict[int, Any] = {}  # id of a generator -> its frame
        self.iterators: set[int] = set()  # those that were there before the loop over them
        self.keep = self.races.keep
        self.switches: list[tuple[int, int, int, bool]] = []  # (task, its step, next task, preemption)
        self.done = _allocate_lock()
        self.done.acquire()
        self.leaving = _allocate_lock()
        self.delayed = False  # time could have moved while somebody could run
        self.tried = False  # somebody has looked at a lock without waiting, or with a deadline
        self.inside = False  # an instruction that touches several places is at it
        self.gathered: list[Callable[[], tuple[Access, ...]]] | None = None  # what it would touch
        self.policy_error: BaseException | None = None

    # -- the whole execution ------------------------------------------------------------------------------------

    def run(self, scenario: Callable[[], Any]) -> None:
        """Run the scenario to its end; afterwards the fields tell what happened."""
        main = self.add_task("main", None, False, lambda: self.main_body(scenario))
        current.runtime = self
        try:
            main.op = Op(BEGIN)
            self.task = main
            self.running = main.os_ident
            main.gate.release()
            watch.until_end(self)
        finally:
            self.ended = True
            current.runtime = None
            if self.stubborn:
                self.world.crew.dismiss()
            else:
                self.world.crew.rest()

    # -- threads ------------------------------------------------------------------------------------------------

    def add_task(self, name: str, thread: threading.Thread | None, daemon: bool, body: Callable[[], None]) -> Task:
        """Make a controlled thread, waiting at its gate with BEGIN as its next operation."""
        task = Task(len(self.tasks), name, thread, daemon)
        task.op = Op(BEGIN)
        if self.stops is not None:
            task.stops = sorted(self.stops.get(task.index, []), reverse=True)
            task.stop_at = task.stops.pop() if task.stops else -1
        task.ident = self.looks.ident(task.index)
        task.clock[task.index] = 1
        worker = self.world.crew.take(lambda: self.thread_main(task, body))
        task.os_ident, task.gate = worker.ident, worker.gate
        self.tasks.append(task)
        self.live.append(task)
        self.by_os_ident[task.os_ident] = task
        return task

    def spawn(self, name: str, thread: threading.Thread | None, daemon: bool, body: Callable[[], None]) -> Task:
        """Start a controlled thread from the running one."""
        if self.ended:
            self.unwind()
        parent = self.step()
        self.touch(STARTS, THREADS, len(self.tasks), True)
        self.alone = False
        if len(self.tasks) > 400:
            self.finish(RAISED, error="RuntimeError: can't start new thread (the scenario has started 400)")
        task = self.add_task(name, thread, daemon, body)
        join_clock(task.clock, parent.clock)
        parent.clock[parent.index] += 1
        self.version += 1
        parent.changed = True
        self.rounds.stir()
        spawned = getattr(self.policy, "spawned", None)
        if spawned is not None:
            spawned(parent, task)
        if self.tracer:
            self.tracer.record("start", task.name)
        return task

    def thread_main(self, task: Task, body: Callable[[], None]) -> None:
        try:
            if not self.ended:
                task.op = None
                body()
                self.end_task(task)
        except Unwind:
            if not self.ended:  # raised by the code itself, which has kept one from an execution before
                self.outcome, self.error, self.ended = RAISED, "Unwind, which is the checker's own", True
        except BaseException as error:  # of the engine itself: end the execution, tell the caller
            if not self.ended:
                self.policy_error = error
                self.ended = True
        finally:
            self.leave(task)

    def leave(self, task: Task) -> None:
        """The last act of a thread that was unwound: pass the baton to the next one to be unwound.

        For one that cannot be ended, its watcher does so; should it come back after all, it has nothing to pass on.
        """
        with self.leaving:
            if task.exited:
                return
            task.exited = True
            threads.forget(task)
            for other in self.tasks[1:]:
                if not other.exited:
                    self.hand_over(other)
                    return
            self.done.release()

    def main_body(self, scenario: Callable[[], Any]) -> None:
        threads.enter_main(self.task)
        try:
            observation = scenario()
        except Unwind:
            raise
        except BaseException as error:
            if self.tracer:
                self.tracer.raised(error)
            self.finish(RAISED, error=describe_error(error))
        task = self.task
        if not self.alone:
            found: list[tuple[Any, bool]] = []
            touched(observation, found, deep=1)
            for part, _ in found:
                self.touch(RESULT, self.frame_of(part) if type(part) in GENERATORS else part, ALL, False)
            self.step()
            others = tuple((("thread", other.index), ALL, False) for other in self.live if other is not task)
            self.point(Op(RETURN, others))
        alive = [other.name for other in self.live if other is not task and not other.daemon]
        if alive:
            were = "was" if len(alive) == 1 else "were"
            self.finish(LEAKED, note=f"the scenario returned while {enumerated(alive)} {were} still alive")
        if self.thread_error:
            self.finish(RAISED, error=self.thread_error)
        self.finish(FINISHED, observation=observation)

    def end_task(self, task: Task) -> None:
        """A thread other than the scenario's has run to its end."""
        self.touch(ENDS, THREADS, task.index, True)
        self.point(Op(END, ((("thread", task.index), ALL, True), (id(THREADS), task.index, True))))
        task.finished = True
        self.live.remove(task)
        self.version += 1
        self.rounds.stir()
        if self.tracer:
            self.tracer.record("end", task.name)
        chosen = self.pick(None)
        assert chosen is not None  # the scenario's own thread is alive as long as the execution is
        task.exited = True
        threads.forget(task)
        self.hand_over(chosen)

    def uncaught(self, name: str, error: BaseException) -> None:
        """An exception has left a thread."""
        if self.tracer:
            self.tracer.raised(error)
        if not self.thread_error:
            self.thread_error = f"{describe_error(error)}, uncaught in {name}"

    # -- ending -------------------------------------------------------------------------------------------------

    def finish(self, outcome: str, *, observation: Any = None, error: str = "", note: str = "") -> None:
        """End the execution from its running thread; does not return."""
        if not self.ended:
            self.outcome, self.observation, self.error, self.note = outcome, observation, error, note
            if outcome not in (FINISHED, RAISED):
                self.stuck = self.describe_stuck()
            if self.tracer:
                self.tracer.last(outcome)
            self.ended = True
        raise Unwind

    def refuse(self, what: str) -> None:
        """End the execution: the code did what no exploration can follow. Does not return."""
        place = ""
        frame = sys._getframe(1)
        while frame.f_back is not None and not is_learner_file(frame.f_code.co_filename):
            frame = frame.f_back
        if frame.f_back is not None:
            place = f" (line {line_of(frame)}, in {frame.f_code.co_name})"
        self.finish(RAISED, error=f"Unsupported: {what}{place}")

    def spare(self, obj: Any) -> None:
        """Refuse to advance what cannot begin again in the next execution."""
        name = self.fragile.get(id(obj))
        if name is not None:
            self.refuse(f"{name} from before the check would go on from one schedule to the next; make it anew")

    def abandon(self) -> NoReturn:
        """End the execution from its running thread: it would tell nothing new."""
        self.outcome = "redundant"
        self.ended = True
        raise Unwind

    def unwind(self) -> None:
        raise Unwind

    def doubt(self, reason: str) -> None:
        """Something cannot be known exactly: no claim of "all schedules"."""
        if reason not in self.doubts:
            self.doubts.append(reason)

    def describe_stuck(self) -> tuple[Stuck, ...]:
        tracer = self.tracer or Tracer(self)
        tracer.number()
        return tuple(tracer.stuck(task) for task in self.live)

    # -- scheduling ---------------------------------------------------------------------------------------------

    def caller(self) -> Task | None:
        """The controlled thread that is running this code, or None for a thread that is not ours."""
        return self.by_os_ident.get(_get_ident())

    def point(self, op: Op) -> None:
        """The running task has arrived at `op`; return when it may do it."""
        task = self.task
        task.op = op
        if op.deadline is not None or op.kind in (TRY, LOOK):
            self.tried = True
        chosen = self.pick(task)
        if chosen is not task:
            assert chosen is not None
            self.hand_over(chosen)
            task.gate.acquire()
            if self.ended:
                raise Unwind
        task.op = None

    def hand_over(self, chosen: Task) -> None:
        self.task = chosen
        self.running = chosen.os_ident
        chosen.gate.release()

    def pick(self, running: Task | None) -> Task | None:
        """Let the policy choose who goes on; move time when nobody can."""
        while True:
            now = self.now
            ready = []
            for task in self.live:
                op = task.op
                assert op is not None
                if op.ready is None or op.ready() or (op.deadline is not None and op.deadline <= now):
                    ready.append(task)
            if self.delays and self.next_deadline() is not None:
                self.delayed = True
                if all(task.delayed < MOST_DELAYS for task in ready):
                    ready.append(self.clock_task)
            if not ready:
                if not self.live:
                    return None
                if self.advance():
                    continue
                self.end_stuck()
            chosen = self.policy.choose(self, ready, running)
            if chosen is None:
                self.abandon()
            default = running if running in ready else ready[0]
            if chosen is not default and running is not None:
                self.switches.append((running.index, running.steps, chosen.index, running in ready))
            elif chosen is not default:
                self.switches.append((-self.ends(), 0, chosen.index, False))
            if chosen is self.clock_task:
                for task in ready:
                    task.delayed += 1
                self.advance()
                continue
            chosen.delayed = 0
            return chosen

    def ends(self) -> int:
        """How many threads have ended: names the moment at which one has just done so."""
        return sum(task.finished for task in self.tasks)

    def end_stuck(self) -> None:
        """Nobody can run and no deadline is pending."""
        spinning = [task.name for task in self.live if task.op is not None and task.op.kind == SPIN]
        if spinning:
            who = f"{enumerated(spinning)} {verb(spinning, 'spin')}"
            self.finish(LIVELOCK, note=f"{who} for ever: nobody can change what the loop waits for")
        first = self.died or self.thread_error
        self.finish(DEADLOCK, note="no thread can ever go on" + (f"; before that {first}" if first else ""))

    def next_deadline(self) -> float | None:
        deadlines = [
            task.op.deadline
            for task in self.live
            if task.op is not None and task.op.deadline is not None and task.op.deadline > self.now
        ]
        return min(deadlines) if deadlines else None

    def advance(self) -> bool:
        """Move time to the next deadline; False if there is none."""
        deadline = self.next_deadline()
        if deadline is None:
            return False
        # a real clock moves on: whoever wakes finds its deadline passed, not just reached
        self.now = deadline + TICK_SECONDS
        self.version += 1
        self.steps += 1
        if self.steps > self.max_steps:
            self.spent()
        if not self.delays:
            # everything before this moment happened before everything after it
            all_of_it: Clock = {}
            for task in self.tasks:
                join_clock(all_of_it, task.clock)
            for task in self.live:
                task.clock.update(all_of_it)
                task.clock[task.index] = task.clock.get(task.index, 0) + 1
            ticked = getattr(self.policy, "ticked", None)
            if ticked is not None:
                ticked(self)
        return True

    def spent(self) -> None:
        passed = self.now - self.looks.epoch
        self.finish(LIVELOCK, note=f"no end after {self.max_steps:,} steps and {passed:g} s of virtual time")

    # -- steps --------------------------------------------------------------------------------------------------

    def step(self) -> Task:
        """Count one step of the running task."""
        if self.ended:
            raise Unwind
        task = self.task
        task.steps += 1
        self.steps += 1
        if task.steps == task.stop_at:
            task.stop_at = task.stops.pop() if task.stops else -1
        if self.steps > self.max_steps:
            self.spent()
        return task

    def touch(
        self, site: Site, obj: Any, item: Any, write: bool, value: Any = None, effect: Effect | None = None
    ) -> None:
        """The running task is about to read or write a location: maybe a switch, surely a look for races.

        Where the state decides at that moment what is touched, `effect` tells; `item` and `write` then say nothing.
        """
        if self.ended:
            raise Unwind
        task = self.task
        task.steps += 1
        self.steps += 1
        if self.steps > self.max_steps:
            self.spent()
        if self.alone:
            if write and (effect is None or effect(obj, item)[0][1]):
                task.changed = True
                if self.fragile:
                    self.spare(obj)
                if self.tracer:
                    self.tracer.named(obj, item, value)
            return
        held = obj
        if self.aliases and id(obj) in self.aliases:
            obj = self.aliases[id(obj)]
        base = id(obj)
        if self.stops is None:
            if site.visible or self.everything:
                if self.gathered is not None:
                    task.steps -= 1
                    self.steps -= 1
                    self.gathered.append(_bound(effect, base, held, item) or (lambda: ((base, item, write),)))
                    return
                if not self.inside:
                    self.point(Op(ACCESS, ((base, item, write),), None, None, site, _bound(effect, base, held, item)))
        elif task.steps == task.stop_at:
            task.stop_at = task.stops.pop() if task.stops else -1
            self.point(Op(ACCESS, ((base, item, write),), what=site))
        if effect is not None:
            (item, write), *others = effect(held, item)
            for other, _ in others:
                self.races.note(base, obj, other, True, task, site)
        if write:
            self.version += 1
            task.changed = True
            if task.wrote is not None:
                task.wrote.append((base, item, value if type(value) in PLAIN else id(value)))
            if self.calm:
                self.rounds.stir()
            if self.fragile:
                self.spare(obj)
        if self.tracer:
            self.tracer.access(site, obj, item, write, value)
        self.races.note(base, obj, item, write, task, site)

    def as_one(self, site: Site, act: Callable[[], None]) -> None:
        """Call `act`, which touches several places, as one step: a switch is possible before it, none in between.

        It is called twice: to know what it would touch when the task arrives here, and when it may do it.
        """
        self.inside = True
        try:
            if self.stops is None and not self.alone:
                parts: list[Callable[[], tuple[Access, ...]]] = []
                self.gathered = parts
                act()
                self.gathered = None
                if parts:
                    self.inside = False
                    self.task.steps += 1  # as many as where the touches are counted, in a replay
                    task = self.task
                    self.point(Op(ACCESS, what=site, effect=lambda: tuple([each for part in parts for each in part()])))
                    task.steps -= 1
                    self.inside = True
            act()
        finally:
            self.inside = False
            self.gathered = None

    def frame_of(self, generator: Any) -> Any:
        """What a generator's state is known by: its frame, also when it has ended and has none any more."""
        frame = generator.gi_frame
        if frame is None:
            return self.frames.get(id(generator), generator)
        self.frames[id(generator)] = frame
        return frame

    def number(self, obj: Any) -> int:
        """What id() gives, since addresses differ from execution to execution.

        Locks are numbered as they are made; other objects in the order of asking, which is shared state.
        """
        self.step()
        serial = getattr(type(obj), "serial", None) and obj.serial
        if serial:
            return 140_000_000_000_000 + 64 * int(serial)
        key = id(obj)
        known = self.numbers.get(key)
        if known is None or not self.alone:
            self.touch(IDS_SITE, IDS, ALL, known is None)
            known = self.numbers.get(key)
        if known is None:
            self.numbers[key] = known = self.looks.address(len(self.numbers))
            self.keep.append(obj)
        return known

    def serial(self) -> int:
        """The number of a lock made now: by thread and count, whatever other threads do meanwhile."""
        task = self.task
        task.made += 1
        return int(self.looks.serial(task.index, task.made))

    # -- time ---------------------------------------------------------------------------------------------------

    def read_clock(self) -> float:
        task = self.step()
        task.reads_clock = True
        # the library asks in order to keep a timeout: that it gives up in the end is not the caller's doing
        task.timed |= sys._getframe(2).f_globals.get("__name__") not in _KEEPING_TIMEOUTS
        if self.delays and not self.alone:
            self.point(Op(CLOCK, (("time", ALL, False),)))
        return self.now

    def deadline_after(self, seconds: float) -> float:
        """The virtual time `seconds` from now. With delays, reading the clock for it is a step of its own."""
        if self.delays and not self.alone:
            self.point(Op(CLOCK, (("time", ALL, False),)))
            self.step()
        return self.now + seconds

    # -- the result ---------------------------------------------------------------------------------------------

    def is_learners(self, space: dict[str, Any]) -> bool:
        """Whether these globals are the learner's or the scenario's."""
        return bool(self.world.is_learners(space))

    def execution(self, schedule: str) -> Execution:
        """What happened, as plain data."""
        steps: tuple[Step, ...] = self.tracer.steps() if self.tracer else ()
        note = self.note
        if self.outcome == NONDETERMINISTIC and not note:
            note = "the same schedule did not give the same steps"
        return Execution(
            outcome=self.outcome,
            observation=_copied(self.observation) if self.outcome == FINISHED else None,
            error=self.error,
            note=note,
            schedule=schedule,
            preemptions=sum(preempts for *_, preempts in self.switches),
            seconds=round(self.now - self.looks.epoch, 9),
            output=self.capture.text(),
            steps=steps,
            stuck=self.stuck,
        )


def _bound(effect: Effect | None, base: int, held: Any, item: Any) -> Callable[[], tuple[Access, ...]] | None:
    """What the effect on the object is, as accesses."""
    if effect is None:
        return None
    return lambda: tuple([(base, part, write) for part, write in effect(held, item)])


def _copied(value: Any, depth: int = 40) -> Any:
    """The observation as it is now: the learner's own containers are put back before the next execution."""
    kind = type(value)
    if depth and kind in (list, tuple, set, frozenset):
        return kind([_copied(part, depth - 1) for part in value])
    if depth and (kind is dict or kind in FROZEN):
        return kind({_copied(key, depth - 1): _copied(part, depth - 1) for key, part in value.items()})
    return value


__all__ = ["MAX_STEPS", "Policy", "Runtime"]
