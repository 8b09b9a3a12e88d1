"""The classes and functions that a scenario uses by name, kept as they were.

In a notebook a class is soon defined anew, mended; a game that is still on the page is about the old one.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..engine.world import World


class Definitions:
    """Those in force when this was made. Other global values are not kept: they are state, not code."""

    def __init__(self, scenario: Callable[[], Any]) -> None:
        world = World(scenario)
        with world.installed():
            pass
        self._kept = [
            (space, {name: space[name] for name in names if isinstance(space.get(name), _CODE)})
            for space, names in world.spaces()
        ]

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """For the time of the block, the names mean what they meant."""
        now = [(space, {name: space.get(name, self) for name in names}) for space, names in self._kept]
        try:
            for space, names in self._kept:
                space.update(names)
            yield
        finally:
            for space, names in now:
                for name, value in names.items():
                    if value is self:
                        del space[name]
                    else:
                        space[name] = value


_CODE = (type, types.FunctionType)
