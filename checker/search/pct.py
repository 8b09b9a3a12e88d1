"""Probabilistic concurrency testing.

Burckhardt, Kothari, Musuvathi & Nagarakatte, "A randomized scheduler with probabilistic guarantees of finding bugs",
ASPLOS 2010: threads have random priorities, the highest runs; at depth - 1 random steps the running thread's
priority falls below all others. A bug of depth d is found with probability at least 1/(n k^(d-1)) for n threads and
k steps. Deviation: k is the length of the longest execution seen so far.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.tasks import Task
from .sampled import Sampled

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


class Pct(Sampled):
    name = "PCT"

    def __init__(self, seed: int, depth: int = 3) -> None:
        super().__init__(seed)
        self.bug_depth = depth
        self.longest = 20

    def begin(self) -> None:
        super().begin()
        self.step = 0
        self.priorities: dict[int, float] = {}
        self.changes = sorted(self.random.randrange(1, self.longest + 1) for _ in range(self.bug_depth - 1))
        self.low = 0.0

    def draw(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task:
        self.step += 1
        for task in ready:
            if task.index not in self.priorities:
                self.priorities[task.index] = 1.0 + self.random.random()
        while self.changes and self.step >= self.changes[0]:
            self.changes.pop(0)
            leader = max(ready, key=lambda task: self.priorities[task.index])
            self.low -= 1.0
            self.priorities[leader.index] = self.low
        return max(ready, key=lambda task: self.priorities[task.index])

    def end(self, rt: Runtime) -> None:
        self.longest = max(self.longest, self.step)
