"""What the sampling policies share: a seeded generator, and steps that need no choice."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ..engine.tasks import Task
from .dpor import immediate

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


class Sampled:
    """Base of the policies that draw a schedule at random. Never complete."""

    complete = False
    name = ""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.executions = 0
        self.diverged = ""

    def begin(self) -> None:
        self.executions += 1
        self.random = random.Random(self.seed * 1_000_003 + self.executions)

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        task = immediate(ready)
        if task is not None:
            return task
        if len(ready) == 1:
            return ready[0]
        return self.draw(rt, ready, running)

    def draw(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task:
        raise AssertionError("each policy draws in its own way")

    def end(self, rt: Runtime) -> None:
        pass
