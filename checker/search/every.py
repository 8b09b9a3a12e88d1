"""Every interleaving, one after the other, without reduction: for counting, and to prove the reduction right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..engine.tasks import END, RELEASE, Task
from .dpor import immediate

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


@dataclass(slots=True)
class _Choice:
    chosen: int
    untried: list[int]
    preemptions: int


class Every:
    """Depth-first over all choices; with `preemptions`, only schedules with at most so many of them.

    `all_operations` makes ends and releases choices too; otherwise they are done at once, so that the schedules
    counted are the orders of the steps a reader thinks of: accesses to what is shared, and acquires.
    """

    def __init__(self, preemptions: int | None = None, all_operations: bool = False) -> None:
        self.bound = preemptions
        self.all_operations = all_operations
        self.stack: list[_Choice] = []
        self.complete = False
        self.diverged = ""

    def begin(self) -> None:
        self.depth = 0
        self.spent = 0

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        task = immediate(ready)
        if task is not None:
            return task
        if not self.all_operations:
            for task in ready:
                if task.op is not None and task.op.kind in (END, RELEASE):
                    return task
        indices = [task.index for task in ready]
        if self.depth < len(self.stack):
            choice = self.stack[self.depth]
            if choice.chosen not in indices:
                self.diverged = f"at choice {self.depth + 1} other threads could run than before"
                return None
        else:
            could_go_on = running is not None and running.index in indices
            if could_go_on and running is not None:
                indices.remove(running.index)
                indices.insert(0, running.index)
                if self.bound is not None and self.spent >= self.bound:
                    indices = indices[:1]
            choice = _Choice(indices[0], indices[1:], self.spent)
            self.stack.append(choice)
        self.depth += 1
        chosen = next(task for task in ready if task.index == choice.chosen)
        if running is not None and chosen is not running and running in ready:
            self.spent += 1
        return chosen

    def end(self, rt: Runtime) -> None:
        while self.stack:
            choice = self.stack[-1]
            if choice.untried:
                choice.chosen = choice.untried.pop(0)
                return
            self.stack.pop()
        self.complete = True
