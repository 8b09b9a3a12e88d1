"""Runs one given schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..engine.tasks import Task
from .schedules import Switch

if TYPE_CHECKING:
    from ..engine.runtime import Runtime


class Replay:
    """Follows a list of switches; where it says nothing, the running thread goes on.

    `diverged` says where the code did something else than the schedule supposes. With `lenient`, a switch that is
    not possible is left out instead: that is how shorter schedules are tried.
    """

    complete = False

    def __init__(self, switches: list[Switch], *, lenient: bool = False) -> None:
        self.table: dict[tuple[int, int], list[int]] = {}
        for switch in switches:
            self.table.setdefault((switch.task, switch.step), []).append(switch.to)
        self.lenient = lenient
        self.diverged = ""

    def stops(self) -> dict[int, list[int]]:
        """Per task, the steps before which there is a switch."""
        found: dict[int, list[int]] = {}
        for task, step in self.table:
            if task > 0:
                found.setdefault(task, []).append(step)
        return found

    def begin(self) -> None:
        pass

    def choose(self, rt: Runtime, ready: list[Task], running: Task | None) -> Task | None:
        if len(ready) == 1:  # no choice, and so none that was recorded: time may move here before a switch does
            return ready[0]
        key = (running.index, running.steps) if running is not None else (-rt.ends(), 0)
        wanted = self.table.get(key)
        if wanted:
            index = wanted.pop(0)
            for task in ready:
                if task.index == index:
                    return task
            if not self.lenient:
                self.diverged = f"at step {key[1]} of thread {key[0]}, thread {index} cannot run"
                return None
        if running is not None and running in ready:
            return running
        return ready[0] if ready[0].index != 0 or len(ready) == 1 else ready[1]

    def end(self, rt: Runtime) -> None:
        left = [key for key, wanted in self.table.items() if wanted]
        if left and not self.lenient and not self.diverged:
            task, step = left[0]
            self.diverged = f"thread {task} never came to its step {step}"
