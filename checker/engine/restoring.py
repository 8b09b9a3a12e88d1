"""Putting built-in objects back to an earlier state, in place."""

from __future__ import annotations

import collections
from typing import Any


def restore_dict(space: dict[Any, Any], saved: dict[Any, Any]) -> None:
    """The same keys in the same order, with the same values; by the class's own methods, whatever a subclass does."""
    kind = collections.OrderedDict if isinstance(space, collections.OrderedDict) else dict
    if len(space) == len(saved) and all(
        old is new and value is saved[new] for (old, value), new in zip(kind.items(space), saved)
    ):
        return
    kind.clear(space)
    kind.update(space, saved)


def restore_sequence(sequence: Any, saved: list[Any]) -> None:
    """The same items."""
    kind = collections.deque if isinstance(sequence, collections.deque) else list
    if len(sequence) != len(saved) or any(a is not b for a, b in zip(kind.__iter__(sequence), saved)):
        kind.clear(sequence)
        kind.extend(sequence, saved)


def restore_set(value: set[Any], saved: set[Any]) -> None:
    """The same members."""
    if not set.__eq__(value, saved):
        set.clear(value)
        set.update(value, saved)


def restore_stream(stream: Any, text: Any, position: int) -> None:
    """The same content of an `io.StringIO` or `io.BytesIO`, and the same place in it."""
    stream.seek(0)
    stream.truncate()
    stream.write(text)
    stream.seek(position)


def reset_lock(lock: Any, held: Any) -> None:
    lock.holder = held
    lock.clock = {}
    if hasattr(lock, "count"):  # one that can be acquired again
        lock.count = 0
