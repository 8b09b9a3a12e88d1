"""The levels of "you are the scheduler", one file each: small programs, from a lost update to a lost wake-up.

A level's file is run as if it were typed in a notebook, so that its code is under the scheduler's control. It
defines `SCENARIO`, `GOAL` (what the reader is to bring about), `EXPECT` (what a program without the fault would
give), and `LESSON` (where it is played); its docstring says what it is about.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from checker.playing import play

#: In the order in which they are met.
NAMES = (
    "lost_update", "check_then_act", "lock_of_its_own",  # lesson 02
    "two_of_a_number", "ignored_false",  # lesson 03
    "opposite_transfers", "three_at_a_table",  # lesson 06
    "item_behind_the_end", "lost_wake_up", "stolen_item",  # lesson 10
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """One level."""

    name: str
    about: str
    lesson: str
    goal: str
    scenario: Callable[[], Any]
    expect: Any


def level(name: str) -> Level:
    """The level of this name.

    Raises:
        ValueError: there is none; the text names all there are.

    >>> level("lost_update").goal
    'Make two increments count as one.'
    """
    if name not in NAMES:
        raise ValueError(f"no level {name!r}; there are {', '.join(NAMES)}")
    source = (files(__name__) / f"{name}.py").read_text(encoding="utf-8")
    filename = f"<level {name}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    space: dict[str, Any] = {"__name__": f"level_{name}"}
    exec(compile(source, filename, "exec"), space)
    return Level(name, space["__doc__"], space["LESSON"], space["GOAL"], space["SCENARIO"], space["EXPECT"])


def play_level(name: str) -> None:
    """Play the level of this name; see `checker.play`."""
    chosen = level(name)
    play(chosen.scenario, goal=chosen.goal, expect=chosen.expect)
