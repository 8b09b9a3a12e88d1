"""The names that lessons and exercises use: explore, check."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from . import notebook, selfcheck, story, verdict
from .discussion import failed, passed
from .outcomes import Execution, Exploration
from .search.explorer import explore_scenario


class CheckFailed(AssertionError):
    """A check that does not hold. Its text is the whole story; in a notebook only that is shown, no traceback."""

    def __init__(self, exploration: Exploration) -> None:
        super().__init__(story.tell(exploration))
        self.exploration = exploration

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of a traceback: the headline, below the verdict that is there already.

        nbgrader's Validate shows nothing else of a cell: there it is the whole story.
        """
        lines = str(self).splitlines()
        return lines if "NBGRADER_EXECUTION" in os.environ else lines[:1]


def explore(
    scenario: Callable[[], Any],
    *,
    replay: str | None = None,
    seed: int = 0,
    delays: bool = False,
    search: str = "auto",
    schedules: int | None = None,
    seconds: float | None = None,
    patience: float = 5.0,
    preemptions: int | None = None,
) -> Exploration:
    """Run `scenario` once for each schedule and return all outcomes; only crashes, deadlocks and the like are judged.

    Args:
        scenario: ordinary threading code that takes no arguments and returns what it observed.
        replay: the text of one schedule, to run it alone.
        seed: of the sampled schedules and of the random numbers that the code draws.
        delays: also let time move on while a thread could still run (a slow thread).
        search: "auto" (reduction, then sampling), "every" (all interleavings of the shared steps, counted one by
            one), or one policy alone: "dpor", "pos", "pct", "walk".
        schedules: how many at most.
        seconds: real seconds at most (default 10).
        patience: real seconds that one execution may take (default 5).
        preemptions: with search="every": at most so many preemptions in a schedule.

    Raises:
        ValueError: an unknown search, or a replay text that is none.
        PythonRefused: no verdicts are given on this Python (`checker.selfcheck`).

    >>> def two_increments():
    ...     counter = [0]
    ...     def increment():
    ...         counter[0] += 1
    ...     together(increment, increment)
    ...     return counter[0]
    >>> from checker import explore, together
    >>> found = explore(two_increments, search="every")
    >>> found.outcomes[2].count, found.outcomes[1].count, found.claim
    (2, 4, 'no failure in all 6 schedules')
    """
    selfcheck.require()
    with notebook.progress() as report:
        return explore_scenario(
            scenario,
            seed=seed,
            delays=delays,
            search=search,
            schedules=schedules,
            seconds=seconds,
            patience=patience,
            preemptions=preemptions,
            replay=replay,
            progress=report,
        )


def check(
    scenario: Callable[[], Any],
    *,
    expect: Any,
    replay: str | None = None,
    seed: int = 0,
    delays: bool = False,
    search: str = "auto",
    schedules: int | None = None,
    seconds: float | None = None,
    patience: float = 5.0,
) -> None:
    """Explore `scenario`, compare every observation with what was expected, show the verdict.

    Args:
        expect: a plain value that each schedule must give, or a predicate of the observation.
        others: as for `explore`.

    Raises:
        CheckFailed: some explored schedule gave something else, raised, deadlocked, spun for ever or left a thread.
        PythonRefused: no verdicts are given on this Python (`checker.selfcheck`).
    """

    def allowed(execution: Execution) -> bool:
        return verdict.satisfies(expect, execution.observation)

    selfcheck.require()
    with notebook.progress() as report:
        exploration = explore_scenario(
            scenario,
            allowed=allowed,
            seed=seed,
            delays=delays,
            search=search,
            schedules=schedules,
            seconds=seconds,
            patience=patience,
            replay=replay,
            progress=report,
        )
    exploration.expected = expected = verdict.describe(expect)
    notebook.show(exploration, lambda: notebook.offer_steps(scenario, allowed, expected, seed=seed, delays=delays))
    if not exploration.holds:
        failed(exploration.name)
        raise CheckFailed(exploration)
    passed(exploration.name)
