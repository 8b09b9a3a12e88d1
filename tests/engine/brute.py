"""Every interleaving of every operation and every access, with nothing left out: the yardstick for the reduction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.engine.sites import BackEdge, LoadCell
from checker.engine.world import World
from checker.search.every import Every
from checker.search.explorer import _Explorer

CALLERS = ("Thread.run", "Timer.run", "_WorkItem.run", "call")


def brute_force(scenario: Callable[[], Any], *, delays: bool = False, limit: int = 60_000) -> set[str] | None:
    """The labels of all outcomes, or None if there are more than `limit` schedules."""
    explorer = _Explorer(scenario, None, {"delays": delays, "seed": 0, "patience": 20.0}, None, limit)
    explorer.world = World(scenario)
    policy = Every(all_operations=True)
    with explorer.world.installed():
        explorer.world.weave()
        for site in explorer.world.sites:
            # the programs write their cells once, before any thread starts; the lines that call what a thread was
            # given touch nothing shared
            site.visible = not isinstance(site, (LoadCell, BackEdge)) and site.function not in CALLERS
        for _ in range(limit):
            explorer.count(explorer.execute(policy))
            assert not policy.diverged, policy.diverged
            if policy.complete:
                return {row.label for row in explorer.result.outcomes.rows}
    return None
