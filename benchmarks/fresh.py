"""Gives a program's module its first state again, for the tools that do not do so themselves."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any


class Fresh:
    """Remembers the globals and class attributes of the scenario's module; calling it puts them back."""

    def __init__(self, scenario: Callable[[], Any]) -> None:
        module = sys.modules[scenario.__module__]
        self.spaces: list[ModuleType | type] = [module]
        self.spaces += [
            each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__
        ]
        self.values = [
            {name: value for name, value in vars(space).items() if self.counts(name, value)} for space in self.spaces
        ]

    @staticmethod
    def counts(name: str, value: Any) -> bool:
        plain = value is None or isinstance(value, (int, float, str))
        return plain and not name.startswith("__") and not isinstance(value, FunctionType)

    def __call__(self) -> None:
        for space, values in zip(self.spaces, self.values, strict=True):
            for name, value in values.items():
                setattr(space, name, value)
