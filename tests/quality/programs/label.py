"""What each program is labelled with: how it must be judged, and what it is allowed to return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

HOLDS = "holds"


@dataclass(frozen=True)
class Program:
    """A small scenario together with the verdict it deserves.

    `outcomes` is ("holds",), or the names of the outcomes a failing schedule may have: "finished"
    (a wrong observation), "raised", "deadlock", "livelock", "leaked". `expect` is a value or a predicate.
    """

    scenario: Callable[[], Any]
    outcomes: tuple[str, ...]
    expect: Any
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.scenario.__module__.rpartition('.')[2]}.{self.scenario.__name__}"

    @property
    def right(self) -> bool:
        return self.outcomes == (HOLDS,)

    def allows(self, observation: Any) -> bool:
        """Whether an observation is one that a right program may return."""
        return bool(self.expect(observation)) if callable(self.expect) else observation == self.expect


#: Every labelled program, in the order of definition.
PROGRAMS: list[Program] = []


def holds(expect: Any, **options: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Label a scenario as one that no schedule can break."""
    return _labelled((HOLDS,), expect, options)


def fails(*outcomes: str, expect: Any, **options: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Label a scenario as one that some schedule breaks, with one of the named outcomes."""
    return _labelled(outcomes, expect, options)


def _labelled(
    outcomes: tuple[str, ...], expect: Any, options: dict[str, Any]
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def label(scenario: Callable[[], Any]) -> Callable[[], Any]:
        PROGRAMS.append(Program(scenario, outcomes, expect, options))
        return scenario

    return label
