"""A scenario played by hand: the reader is the scheduler.

The scenario is explored once, when first asked for: that finds the places where a switch matters and the shortest
failing schedule. After that every position is reached by running the scenario anew along a path; nothing lives on
between positions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine import current
from ..engine.affinity import one_core
from ..engine.world import World
from ..outcomes import FINISHED, Execution, Exploration
from . import schedules
from .definitions import Definitions
from .explorer import _Explorer
from .manual import Lane, Manual, Promptly, Recorder
from .replay import Replay

#: Bounds of the exploration before a game: executions after the first failure, and real seconds.
AFTER_FAILURE, SECONDS = 200, 4.0


@dataclass(frozen=True, slots=True)
class Position:
    """Where a game stands."""

    path: tuple[int, ...]  # who went on at each moment so far
    turns: tuple[int, ...]  # the places in the path that were choices of the reader
    lanes: tuple[Lane, ...]  # what each unfinished thread is at; empty once the execution has ended
    values: dict[str, str]  # what the shared places touched so far hold
    execution: Execution  # the steps so far; its outcome counts only if `ended`
    ended: bool
    failed: bool  # it ended in a way that is not allowed


class Game:
    """Raises ValueError for a path that is not possible, RuntimeError from inside an exploration."""

    def __init__(
        self,
        scenario: Callable[[], Any],
        allowed: Callable[[Execution], bool] | None = None,
        *,
        seed: int = 0,
        delays: bool = False,
        patience: float = 5.0,
    ) -> None:
        """
        Args:
            scenario: as for `explore`, like `seed`, `delays` and `patience`.
            allowed: False for an observation that is a failure.
        """
        options = {"seed": seed, "delays": delays, "patience": patience}
        if current.runtime is not None:
            raise RuntimeError("an exploration is already under way: a game cannot be begun from inside a scenario")
        self._scenario, self._allowed, self._options = scenario, allowed, options
        self._definitions = Definitions(scenario)

    @cached_property
    def _explorer(self) -> _Explorer:
        explorer = _Explorer(self._scenario, self._allowed, self._options, None, AFTER_FAILURE)
        explorer.deadline = explorer.began + SECONDS
        with one_core(), self._definitions.in_force():
            explorer.explore("auto", None, None)
        explorer.everything = False
        return explorer

    @property
    def exploration(self) -> Exploration:
        """What exploring the scenario found."""
        return self._explorer.result

    def at(self, path: tuple[int, ...]) -> Position:
        """The position that a path leads to; moments that are no choice are passed by themselves."""
        policy = Manual(list(path))
        self.failing  # noqa: B018  # asked for first: it says where a switch is possible
        execution = self._run(policy)
        if policy.diverged:
            raise ValueError(policy.diverged)
        ended = execution.outcome != "redundant"
        return Position(
            tuple(policy.path),
            tuple(policy.turns),
            tuple(policy.lanes),
            policy.values,
            execution,
            ended,
            ended and not self._fine(execution),
        )

    def demonstration(self) -> list[tuple[int, ...]]:
        """The paths of the shortest failing schedule, from one choice to the next, the last one ending it."""
        if self.failing is None:
            return []
        turns = self.at(self.failing).turns
        return [self.failing[:turn] for turn in turns[1:]] + [self.failing]

    def undone(self, position: Position) -> Position:
        """The position before the reader's last choice."""
        return self.at(position.path[: position.turns[-1]] if position.turns else ())

    def _fine(self, execution: Execution) -> bool:
        return execution.outcome == FINISHED and (self._allowed is None or bool(self._allowed(execution)))

    def _run(self, policy: Any) -> Execution:
        explorer = self._explorer
        explorer.world = World(explorer.scenario)
        with one_core(), self._definitions.in_force(), explorer.world.installed():
            explorer.world.weave()
            for site in explorer.visible:
                site.visible = True
            return explorer.execute(policy, trace=True)

    @cached_property
    def failing(self) -> tuple[int, ...] | None:
        """The path of the shortest failing schedule; None if nothing failed, or it switches where a game does not.

        In the second case every access becomes a place to switch at, and then the path exists.
        """
        failure = self.exploration.failure
        if failure is None:
            return None
        switches = schedules.read(failure.schedule)
        for everything in (False, True):
            self._explorer.everything = everything
            recorder = Recorder(Replay(switches))
            if not self._fine(self._run(recorder)) and not recorder.diverged:
                prompt = Promptly(recorder.path)
                return tuple(recorder.path if self._fine(self._run(prompt)) else prompt.path)
        self._explorer.everything = False
        return None
