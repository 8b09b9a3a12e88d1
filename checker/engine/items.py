"""The instructions that read, write and use containers and their items."""

from __future__ import annotations

import collections
import functools
from _thread import get_ident
from typing import Any

from . import current
from .contents import (
    ALL,
    BUILTIN,
    EXACT_CONTAINERS,
    FUNCTION,
    PLAIN,
    VIEWS,
    WRAPPERS,
    adding,
    is_container,
    item_of,
    parts_of,
    place,
    storing,
)
from .iterators import ITERATORS
from .sites import Site


class LoadItem(Site):
    __slots__ = ()

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        container, key = pair
        cls = type(container)
        if cls in EXACT_CONTAINERS or is_container(type(container)):
            if issubclass(type(container), collections.defaultdict):
                self.missing(rt, container, key)
            else:
                rt.touch(self, container, place(container, key), False)
        elif cls in VIEWS or cls is memoryview:
            self.use(rt, container)
        elif rt.ended:
            rt.unwind()

    def missing(self, rt: Any, container: Any, key: Any) -> None:
        """A defaultdict calls its factory and then stores the value: two steps, if the factory is Python code."""
        factory = container.default_factory
        item = place(container, key)
        if factory is None or (item is ALL and dict.__contains__(container, key)):
            rt.touch(self, container, item, False)
            return
        if _is_one_step(factory):
            rt.touch(self, container, item, True, None, adding)
            return
        rt.touch(self, container, item, False)
        if not dict.__contains__(container, key):
            value = factory()
            rt.touch(self, container, item, True, value, storing)
            dict.__setitem__(container, key, value)


def _is_one_step(factory: Any) -> bool:
    """Whether calling it runs no Python code."""
    if isinstance(factory, type):
        return not any(type(getattr(factory, name)) is FUNCTION for name in ("__new__", "__init__"))
    if type(factory) is functools.partial:
        return _is_one_step(factory.func)
    return type(factory) is BUILTIN or type(factory) in WRAPPERS or getattr(factory, "one_step", False)


class StoreItem(Site):
    __slots__ = ()
    ACTION = "write"

    def __matmul__(self, triple: tuple[Any, Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        value, container, key = triple
        if is_container(type(container)):
            kept = storing if issubclass(type(container), dict) else None
            rt.touch(self, container, place(container, key), True, value, kept)
        elif type(container) is memoryview:
            self.use(rt, container, write=True)


class DeleteItem(Site):
    __slots__ = ()
    ACTION = "write"
    REMOVES = True

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        container, key = pair
        if is_container(type(container)):
            # a later item of a list moves when an earlier one is deleted
            rt.touch(self, container, item_of(key) if issubclass(type(container), dict) else ALL, True)


class Use(Site):
    """The instruction reads its operand as a whole: truth value, iteration, unpacking, `in`, operators."""

    __slots__ = ()

    def __matmul__(self, value: Any) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        cls = type(value)
        if cls in PLAIN:
            if rt.ended:
                rt.unwind()
            return
        name = self.name
        deep = 2 if name == "match_class" else name.startswith(("format", "convert"))
        if cls in EXACT_CONTAINERS and not deep:
            rt.touch(self, value, ALL, False)
            return
        if cls in ITERATORS:
            # An iterator that a loop makes for itself is nobody else's: only one that was there before is noted.
            if name == "get_iter":
                rt.iterators.add(id(value))
                rt.keep.append(value)
                return
            if name == "for_iter" and id(value) not in rt.iterators:
                for part in parts_of(value):
                    self.use(rt, part)
                return
        self.use(rt, value, deep)
        if rt.ended:
            rt.unwind()


class UseItem(Site):
    """`key in container`."""

    __slots__ = ()

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        key, container = pair
        if issubclass(type(container), dict):
            rt.touch(self, container, item_of(key), False)
        else:
            self.use(rt, container, deep=int(type(key) not in PLAIN))  # it is compared with what is inside


class Operate(Site):
    """A binary or in-place operator; `name` is "in-place" where the left operand may be changed."""

    __slots__ = ()
    ACTION = "call"

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        if (self.visible or rt.everything) and not rt.inside:
            rt.as_one(self, lambda: self @ pair)
            return
        left, right = pair
        if self.name == "compare":
            for side in pair:
                if type(side) not in PLAIN:
                    self.use(rt, side, deep=1)
            return
        if is_container(type(left)):
            rt.touch(self, left, ALL, self.name == "in-place")
            self.taking(rt, (right,))
        for side in pair:
            if type(side) in VIEWS:
                self.use(rt, side)
        if is_container(type(right)):
            rt.touch(self, right, ALL, False)
