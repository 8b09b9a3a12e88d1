"""Finds functions however they are hidden: in closures, in objects of C, in attributes that no name leads to."""

from __future__ import annotations

import gc
import types
import weakref
from typing import Any


class Sweep:
    """All that the garbage collector knows. What has been looked at is frozen, so that each object is met once."""

    def __init__(self) -> None:
        self._found: list[weakref.ref[types.FunctionType]] = []
        gc.collect()
        gc.freeze()

    def functions(self, space: dict[str, Any]) -> list[types.FunctionType]:
        """Those made since the sweep was, and alive, whose globals are `space`."""
        gc.collect()  # garbage would be frozen, too
        self._found += [weakref.ref(each) for each in gc.get_objects() if type(each) is types.FunctionType]
        gc.freeze()
        alive = [function for function in (known() for known in self._found) if function is not None]
        self._found = [weakref.ref(function) for function in alive]
        return [function for function in alive if function.__globals__ is space]
