"""Gives what is not controlled a form that is: locks, clocks and iterators that were there before the check."""

from __future__ import annotations

import _queue
import _thread
import functools
import types
from collections.abc import Callable, Iterable
from typing import Any

from . import primitives
from .contents import FROZEN
from .iterators import ITERATORS, Beginnings
from .restoring import reset_lock, restore_sequence

# the real types: during an exploration the module's own names are the controlled ones
_LOCK = type(_thread.allocate_lock())
_RLOCK = type(_thread.RLock())
_SIMPLE_QUEUE = _queue.SimpleQueue

#: Methods of C objects, and the classes whose objects get a controlled form.
_BOUND = (types.BuiltinMethodType, types.MethodWrapperType)
_CONVERTED = frozenset({_LOCK, _RLOCK, *ITERATORS, types.GeneratorType})

#: What the table of replacements may hold.
_REPLACED = (types.BuiltinFunctionType, types.MethodType, type)


class StandIns:
    """Controlled forms of values, one for each, each as new at the beginning of an execution."""

    def __init__(self, replacement: dict[Any, Any]) -> None:
        self._replacement = replacement
        self._controlled: dict[int, Any] = {}
        self._keep: list[Any] = []
        self._resets: list[Callable[[], None]] = []
        self._beginnings = Beginnings()

    def begin(self) -> None:
        """Before an execution, when what iterators walk over has been put back: give all the state they had."""
        for reset in self._resets:
            reset()
        self._beginnings.begin()

    def parts(self) -> list[Any]:
        """What the stand-ins of iterators walk over."""
        return self._beginnings.parts()

    def of(self, value: Any) -> Any:
        """The controlled form of `value`, or `value` itself."""
        try:
            return self._replacement[value] if isinstance(value, _REPLACED) else self._of_instance(value)
        except (KeyError, TypeError):
            return self._of_instance(value)

    def _rebuilt(self, value: Any, parts: Iterable[Any], make: Callable[[list[Any]], Any]) -> Any:
        """What cannot be changed, made anew of its parts' controlled forms; itself if they are what they were."""
        old = list(parts)
        new = [self.of(part) for part in old]
        return value if all(a is b for a, b in zip(old, new)) else make(new)

    def _of_instance(self, value: Any) -> Any:
        kind = type(value)
        if kind is tuple or (isinstance(value, tuple) and hasattr(kind, "_make")):
            return self._rebuilt(value, value, tuple if kind is tuple else kind._make)
        if kind is frozenset:
            return self._rebuilt(value, value, frozenset)
        if kind in FROZEN:
            return self._rebuilt(value, value.values(), lambda parts: kind(zip(value, parts)))
        if kind is staticmethod:
            function = self.of(value.__func__)
            return value if function is value.__func__ else staticmethod(function)
        if kind is functools.partial:
            return self._rebuilt(value, (value.func, *value.args), lambda parts: kind(*parts, **value.keywords))
        if kind in _BOUND:
            owner = value.__self__
            if type(owner) in _CONVERTED and self.of(owner) is not owner:
                return getattr(self.of(owner), value.__name__)
            return value
        if id(value) in self._controlled:
            return self._controlled[id(value)]
        new: Any
        if kind is _LOCK:
            new = primitives.ControlledLock()
            held = True if value.locked() else None
            self._resets.append(lambda: reset_lock(new, held))
        elif kind is _RLOCK:
            new = primitives.ControlledRLock()
            self._resets.append(lambda: reset_lock(new, None))
        elif kind is _SIMPLE_QUEUE:
            new = primitives.ControlledSimpleQueue()
            items = []
            while not value.empty():
                items.append(value.get())
            for item in items:
                value.put(item)
            self._resets.append(lambda: restore_sequence(new.items, items))
        elif kind in ITERATORS or kind is types.GeneratorType:
            new = self._beginnings.stand_in(value)
            if new is None:
                return value
        else:
            return value
        self._controlled[id(value)] = new
        self._keep.append(value)
        return new
