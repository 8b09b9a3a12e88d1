"""Cuts a scenario at its call of `together` into setup, workers and observation, as other explorers want it.

The scenario runs in a greenlet. Where it calls `together` it stops and hands out the callables; the explorer
runs them as its workers; then the scenario goes on with their results and returns its observation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import greenlet


class Split:
    """One scenario under way: `callables` to run, `results` to fill, then `observe`.

    It refers to nothing but what the scenario shares: explorers walk what they are given.
    """

    def __init__(self, scenario: Callable[[], Any]) -> None:
        self.callables: list[Callable[[], Any]] = []
        self.results: list[Any] = []
        self.observation: Any = None
        self.rest = greenlet.greenlet(scenario)
        space = sys.modules[scenario.__module__].__dict__
        before = space.get("together")
        space["together"] = self.hand_out
        try:
            self.observation = self.rest.switch()
        finally:
            if before is not None:
                space["together"] = before

    def hand_out(self, *callables: Callable[[], Any]) -> list[Any]:
        """Called by the scenario in place of `together`: stop here until `observe`."""
        self.callables = list(callables)
        self.results = [None] * len(callables)
        self.rest.parent.switch()
        return self.results

    def run(self, number: int) -> None:
        """Worker `number`: what the explorer interleaves with the others."""
        self.results[number] = self.callables[number]()

    def observe(self) -> Any:
        """What the scenario returns, all workers having ended."""
        if not self.rest.dead:
            self.observation = self.rest.switch()
        return self.observation


class Whole:
    """A scenario that starts its threads itself: one worker that does everything."""

    def __init__(self, scenario: Callable[[], Any]) -> None:
        self.scenario = scenario
        self.observation: Any = None

    def run(self, number: int) -> None:
        self.observation = self.scenario()

    def observe(self) -> Any:
        return self.observation


def uses_together_once(scenario: Callable[[], Any]) -> bool:
    """Whether the scenario, or a function of its module that it calls, hands its threads to `together`."""
    names = set(scenario.__code__.co_names)
    space = sys.modules[scenario.__module__].__dict__
    if "together" in names:
        return True
    called = (space.get(name) for name in names)
    return any("together" in each.__code__.co_names for each in called if hasattr(each, "__code__"))
