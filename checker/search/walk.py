"""The random walk: at every choice, each thread that can run is equally likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.tasks import Task
from .sampled import Sampled

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


class RandomWalk(Sampled):
    name = "random walk"

    def draw(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task:
        return self.random.choice(ready)
