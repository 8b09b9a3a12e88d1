"""Dynamic partial-order reduction with sleep sets: every schedule, up to the order of independent steps.

Flanagan & Godefroid, "Dynamic partial-order reduction for model checking software", POPL 2005, with the sleep sets
of Godefroid's thesis (1996) and the source sets of Abdulla et al., "Optimal dynamic partial order reduction", POPL
2014, in place of backtracking points. Deviations: races are looked for when a step is executed and, for steps still
pending at the end or when time moves, then; a moment at which time moves because nobody can run orders all before
it before all after it.

Every execution is run from the start; the stack of nodes lives on between executions and says what to repeat. What
was learned on the way to the node where the new execution branches off is kept, and taken up again there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..engine.contents import ALL
from ..engine.tasks import (
    ACQUIRE,
    BEGIN,
    GET,
    JOIN,
    LOOK,
    PUT,
    RELEASE,
    RETURN,
    TRY,
    Access,
    Clock,
    Op,
    Task,
    join_clock,
)

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


def immediate(ready: list[Task]) -> Task | None:
    """A task whose next operation commutes with all others, or that has a join whose thread has ended."""
    for task in ready:
        op = task.op
        if op is not None and (op.kind == BEGIN or (op.kind == JOIN and op.deadline is None)):
            return task
    return None


def accesses_now(op: Op) -> tuple[Access, ...]:
    """What the operation touches if done now: a try that must fail only reads the lock."""
    if op.effect is not None:
        return op.effect()
    if op.kind == TRY:
        what = op.what
        held = getattr(what, "holder", None) is not None if hasattr(what, "holder") else not what.items
        if held:
            return tuple((base, item, False) for base, item, _ in op.accesses)
    return op.accesses


def kind_now(op: Op) -> str:
    """The kind of the operation if done now: to release a lock that is free gives nobody anything."""
    if op.kind == RELEASE and getattr(op.what, "holder", op) is None:
        return LOOK
    return op.kind


def overlap(one: tuple[Access, ...], other: tuple[Access, ...]) -> bool:
    for base, item, write in one:
        for base2, item2, write2 in other:
            if base == base2 and (write or write2) and (item == item2 or item is ALL or item2 is ALL):
                return True
    return False


def covers(event: Event, accesses: tuple[Access, ...]) -> bool:
    """Whether every earlier step that conflicts with these accesses conflicts with `event` too."""
    if len(event.accesses) != 1 or len(accesses) != 1:
        return False
    base, item, write = event.accesses[0]
    return write and base == accesses[0][0] and (item is ALL or item == accesses[0][1])


def _copied(clocks: dict[int, Clock]) -> dict[int, Clock]:
    return {index: dict(clock) for index, clock in clocks.items()}


@dataclass(slots=True)
class Event:
    task: int
    count: int  # the task's how-manieth event
    kind: str
    accesses: tuple[Access, ...]
    clock: Clock
    node: int  # index in the stack; -1 for an immediate step
    position: int  # index in the list of events


@dataclass(slots=True)
class Node:
    chosen: int
    backtrack: set[int]
    events: int  # how many had happened before
    clocks: dict[int, Clock]  # as they were before
    done: set[int] = field(default_factory=set)
    sleep: set[int] = field(default_factory=set)
    enabled: set[int] = field(default_factory=set)


class Dpor:
    """The policy. `begin` before each execution, `end` after it; `complete` once nothing is left to try."""

    def __init__(self) -> None:
        self.stack: list[Node] = []
        self.complete = False
        self.diverged = ""

    def begin(self) -> None:
        self.depth = 0
        self.branch = len(self.stack) - 1  # up to here the execution repeats the last one
        self.numbers: dict[int, int] = {}  # id of an object -> the same number in every execution that repeats this one
        self.sleep: set[int] = set()
        if not self.stack:
            self.events: list[Event] = []
            self.by_base: dict[Any, list[Event]] = {}
            self.clocks: dict[int, Clock] = {}

    def rewind(self, node: Node) -> None:
        """Take up what was known when `node` was first reached."""
        while len(self.events) > node.events:
            for base in {access[0] for access in self.events.pop().accesses}:
                self.by_base[base].pop()
        self.clocks = _copied(node.clocks)

    @property
    def repeating(self) -> bool:
        """Whether what happens now happened in the last execution, too, and has been looked at."""
        return self.depth <= self.branch

    def known(self, accesses: tuple[Access, ...]) -> tuple[Access, ...]:
        """The accesses with objects by number; one that no step has touched keeps its id, which conflicts with none."""
        numbers = self.numbers
        return tuple([(numbers.get(base, base), item, write) for base, item, write in accesses])

    def number(self, op: Op) -> tuple[Access, ...]:
        """The accesses of a step that is made now; objects are numbered as steps come to touch them."""
        accesses = accesses_now(op)
        for base, _, _ in accesses:
            if type(base) is int and base not in self.numbers:
                self.numbers[base] = len(self.numbers)
        return accesses

    # -- during an execution ------------------------------------------------------------------------------------

    def spawned(self, parent: Task, child: Task) -> None:
        if self.repeating:
            return
        self.clocks[child.index] = dict(self.clocks.setdefault(parent.index, {}))

    def ticked(self, rt: Runtime) -> None:
        """Time has moved because nobody could run: all before happened before all after.

        Steps that have been waiting since before then could have come earlier: their races are those of before.
        """
        if self.repeating:
            return
        for task in rt.live:
            if task.op is not None:
                accesses = self.known(accesses_now(task.op))
                self.races(task.index, task.op, accesses, self.clocks.setdefault(task.index, {}))
        everything: Clock = {}
        for clock in self.clocks.values():
            join_clock(everything, clock)
        for task in rt.tasks:
            self.clocks[task.index] = dict(everything)

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        task = immediate(ready)
        if task is not None:
            self.execute(task, -1)
            return task
        depth = self.depth
        enabled = {candidate.index for candidate in ready}
        if depth < len(self.stack):
            node = self.stack[depth]
            if node.chosen not in enabled or (node.enabled and node.enabled != enabled):
                self.diverged = f"at choice {depth + 1} other threads could run than before"
                return None
        else:
            awake = [candidate for candidate in ready if candidate.index not in self.sleep]
            if not awake:
                return None
            first = running if running in awake else awake[0]
            node = Node(first.index, {first.index}, len(self.events), _copied(self.clocks), sleep=set(self.sleep))
            self.stack.append(node)
        node.enabled = enabled
        task = next(candidate for candidate in ready if candidate.index == node.chosen)
        if depth < self.branch:
            assert task.op is not None
            self.number(task.op)
            self.depth += 1
            return task
        if depth == self.branch:
            self.rewind(node)
        self.depth += 1
        accesses = self.execute(task, depth)
        # who sleeps on: those asleep, or tried before from here, whose next step commutes with this one
        self.sleep = set()
        for index in node.sleep | node.done:
            if index != task.index:
                op = rt.tasks[index].op
                if op is not None and not overlap(accesses_now(op), accesses):
                    self.sleep.add(index)
        return task

    def execute(self, task: Task, depth: int) -> tuple[Access, ...]:
        op = task.op
        assert op is not None
        raw = self.number(op)
        if self.repeating:
            return raw
        accesses = self.known(raw)
        clock = self.clocks.setdefault(task.index, {})
        if depth >= 0:
            self.races(task.index, op, accesses, clock)
        for event in self._conflicting(accesses):
            join_clock(clock, event.clock)
            if covers(event, accesses):
                break  # whatever conflicts before it happened before it
        count = clock.get(task.index, 0) + 1
        clock[task.index] = count
        if accesses or depth >= 0:
            event = Event(task.index, count, kind_now(op), accesses, dict(clock), depth, len(self.events))
            self.events.append(event)
            for base in {access[0] for access in accesses}:
                self.by_base.setdefault(base, []).append(event)
        return raw

    def _conflicting(self, accesses: tuple[Access, ...]) -> Iterator[Event]:
        """The steps so far that conflict with these accesses, last one first."""
        if len({access[0] for access in accesses}) == 1:
            events = self.by_base.get(accesses[0][0], [])
        else:
            events = self.events
        for event in reversed(events):
            if overlap(event.accesses, accesses):
                yield event

    def races(self, index: int, op: Op, accesses: tuple[Access, ...], clock: Clock) -> None:
        """For each earlier step that this one could have come before: try that, from where it was made."""
        seen = dict(clock)
        for event in self._conflicting(accesses):
            if event.task != index and event.count > seen.get(event.task, 0):
                gives = (event.kind == RELEASE and op.kind == ACQUIRE) or (event.kind == PUT and op.kind == GET)
                if gives and op.deadline is None and event.kind == RELEASE:
                    continue  # never possible at the same moment
                if event.node >= 0:
                    self.reverse(event, index, accesses, clock)
                if gives or (op.ready is not None and event.node >= 0 and index not in self.stack[event.node].enabled):
                    continue  # the step was not possible then: behind it may lie the acquire or get that came between
                join_clock(seen, event.clock)
            if covers(event, accesses):
                break

    def reverse(self, event: Event, index: int, accesses: tuple[Access, ...], clock: Clock) -> None:
        """See to it that, from where `event` was made, the next step of task `index` is tried before it.

        What must come before that step are the later events that do not depend on `event`. It is enough to try one
        task that can begin with one of them: a *source set* (Abdulla, Aronis, Jonsson & Sagonas, POPL 2014). Any
        task that comes first somewhere in them, as in the paper of 2005, would not do together with sleep sets.
        """
        node = self.stack[event.node]
        between = [later for later in self.events[event.position + 1 :] if later.clock.get(event.task, 0) < event.count]
        before_next = dict(clock)
        for later in between:
            if overlap(later.accesses, accesses):
                join_clock(before_next, later.clock)
        first: dict[int, Clock] = {}
        for later in between:
            first.setdefault(later.task, later.clock)
        first.setdefault(index, before_next)
        initials = {
            task
            for task, known in first.items()
            if not any(
                other.task != task and other.count <= known.get(other.task, 0) and other.clock is not known
                for other in between
            )
        }
        initials &= node.enabled
        if not initials:
            node.backtrack |= node.enabled
        elif not initials & (node.backtrack | node.done):
            node.backtrack.add(index if index in initials else min(initials))

    # -- between executions -------------------------------------------------------------------------------------

    def end(self, rt: Runtime) -> None:
        """Note the races of steps that never came to pass, then go back to the deepest untried choice."""
        if rt.outcome != "redundant":
            returned = next((event for event in self.events if event.kind == RETURN), None)
            for task in rt.live:
                op = task.op
                if op is None or task.index == 0:
                    continue
                clock = self.clocks.setdefault(task.index, {})
                self.races(task.index, op, self.known(accesses_now(op)), clock)
                if returned is not None and not task.daemon and task.index != returned.task and returned.node >= 0:
                    self.reverse(returned, task.index, (), clock)
        while self.stack:
            node = self.stack[-1]
            node.done.add(node.chosen)
            untried = node.backtrack - node.done - node.sleep
            if untried:
                node.chosen = min(untried)
                return
            self.stack.pop()
        self.complete = True
