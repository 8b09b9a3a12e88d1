"""Partial-order sampling.

Yuan, Yang & Gu, "Partial order aware concurrency sampling", CAV 2018: every pending step has a random priority; the
highest goes first; afterwards the steps that raced with it draw again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.tasks import Op, Task
from .dpor import accesses_now, overlap
from .sampled import Sampled

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


class PartialOrderSampling(Sampled):
    name = "POS"

    def begin(self) -> None:
        super().begin()
        self.priorities: dict[int, tuple[Op, float]] = {}

    def priority(self, task: Task) -> float:
        op = task.op
        assert op is not None
        known = self.priorities.get(task.index)
        if known is None or known[0] is not op:
            self.priorities[task.index] = known = (op, self.random.random())
        return known[1]

    def draw(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task:
        chosen = max(ready, key=self.priority)
        op = chosen.op
        assert op is not None
        accesses = accesses_now(op)
        for task in ready:
            if task is not chosen and task.op is not None and overlap(accesses_now(task.op), accesses):
                self.priorities.pop(task.index, None)
        self.priorities.pop(chosen.index, None)
        return chosen
