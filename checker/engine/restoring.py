"""Putting built-in objects back to an earlier state, in place."""

from __future__ import annotations

import itertools
from typing import Any

from .primitives import ControlledRLock


def restore_dict(space: dict[Any, Any], saved: dict[Any, Any]) -> None:
    if len(space) == len(saved) and all(name in space and space[name] is value for name, value in saved.items()):
        return
    dict.clear(space)
    dict.update(space, saved)


def restore_sequence(sequence: Any, saved: list[Any]) -> None:
    if len(sequence) != len(saved) or any(a is not b for a, b in zip(sequence, saved)):
        sequence.clear()
        sequence.extend(saved)


def restore_set(value: set[Any], saved: set[Any]) -> None:
    if value != saved:
        value.clear()
        value.update(saved)


def reset_lock(lock: Any, held: Any) -> None:
    lock.holder = held
    lock.clock = {}
    if isinstance(lock, ControlledRLock):
        lock.count = 0


class Count(itertools.count):
    """An `itertools.count` that can begin again: `next` of it is one step, as of the real one."""

    def __new__(cls, *start: Any) -> Any:
        return super().__new__(cls)

    def __init__(self, *start: Any) -> None:
        self.restart(*start)

    def restart(self, *start: Any) -> None:
        self.inner = itertools.count(*start)

    def __next__(self) -> Any:
        return next(self.inner)
