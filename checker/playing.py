"""The public face of the game: `play` a scenario by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import notebook, selfcheck, verdict
from .outcomes import Execution

_MISSING = object()


def play(
    scenario: Callable[[], Any], *, goal: str = "", expect: Any = _MISSING, seed: int = 0, delays: bool = False
) -> None:
    """Play the scheduler of a scenario: decide at each step which thread goes on.

    In a notebook this is a widget: buttons or keys let one thread go on, undo, begin again, or show the shortest
    failing schedule. Below it, folded away, is that schedule as a picture, for a page without widgets; in a
    terminal its text is printed instead.

    Args:
        scenario: as for `explore`.
        goal: what to bring about, in words. By default: make it fail.
        expect: as for `check`; what differs from it reaches the goal. Without it, only an exception, a deadlock
            and the like do.
        seed: of the random numbers that the code draws.
        delays: also let the reader move time on while a thread could still run.

    Raises:
        RuntimeError: called from inside a scenario.
        PythonRefused: nothing is explored on this Python (`checker.selfcheck`).
    """

    def allowed(execution: Execution) -> bool:
        return expect is _MISSING or verdict.satisfies(expect, execution.observation)

    selfcheck.require()
    expected = "" if expect is _MISSING else verdict.describe(expect)
    if not goal:
        goal = f"Make it give something else than {expected}." if expected else "Make it fail."
    notebook.offer_game(scenario, allowed, goal, expected, seed=seed, delays=delays)
