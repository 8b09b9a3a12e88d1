"""Compares observations with what was expected."""

from __future__ import annotations

from typing import Any

from .outcomes import same


def satisfies(expect: Any, observation: Any) -> bool:
    """Whether the observation is the expected value, or the predicate says so.

    Values are compared as plain built-in data, types included: 1 is not True. A predicate that raises does not
    allow what it was asked about: it was made for another kind of observation.

    >>> satisfies(2, 2), satisfies(lambda seen: seen in (1, 2), 3)
    (True, False)
    >>> satisfies(lambda seen: seen <= 2, None)
    False
    """
    if callable(expect):
        try:
            return bool(expect(observation))
        except Exception:
            return False
    return same(expect, observation)


def describe(expect: Any) -> str:
    """How the expectation reads in a report."""
    if callable(expect):
        name = getattr(expect, "__name__", "")
        return "what the check allows" if name in ("", "<lambda>") else name.replace("_", " ")
    text = repr(expect)
    return text if len(text) <= 200 else text[:197] + "..."
