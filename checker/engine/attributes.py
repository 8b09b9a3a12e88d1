"""The instructions that read, write and delete attributes, and where Python finds an attribute."""

from __future__ import annotations

import functools
import gc
import sys
import types
from _thread import get_ident
from typing import Any

from . import current
from .contents import ALL, DESCRIPTORS, EXACT_CONTAINERS, FUNCTION, PLAIN
from .sites import Site

_kinds: dict[tuple[type, str], Any] = {}
SKIP, _INSTANCE, _CACHED, _ABSENT = "skip", "instance", "cached", "absent"
_ACTIVE = (types.FunctionType, classmethod, staticmethod, property, type, types.BuiltinFunctionType, *DESCRIPTORS)

_STATELESS = frozenset(
    {
        *PLAIN,
        tuple,
        frozenset,
        range,
        slice,
        complex,
        types.BuiltinFunctionType,
        types.MethodType,
        types.GeneratorType,
        *EXACT_CONTAINERS,
    }
)


def forget_classes() -> None:
    """Drop what was learned about classes: their attributes may have changed since."""
    _kinds.clear()


def attribute_kind(cls: type, name: str) -> Any:
    """How instances of `cls` answer to `name`: the class that holds it, or one of four words.

    SKIP: code, not state; _INSTANCE: a slot; _CACHED: a cached property; _ABSENT: no class knows it.
    """
    key = (cls, name)
    kind = _kinds.get(key)
    if kind is None:
        kind = _ABSENT
        for klass in cls.__mro__:
            if name in klass.__dict__:
                value = klass.__dict__[name]
                if isinstance(value, types.MemberDescriptorType) or klass is types.CellType:
                    kind = _INSTANCE
                elif isinstance(value, functools.cached_property):
                    kind = _CACHED if sys.version_info >= (3, 12) else SKIP  # it has no lock any more
                elif isinstance(value, _ACTIVE):
                    kind = SKIP
                elif hasattr(type(value), "__get__"):
                    lazy = type(type(value).__get__) is FUNCTION and not hasattr(type(value), "__set__")
                    kind = _INSTANCE if lazy else SKIP  # the instance's own attribute goes before a lazy one
                else:
                    kind = klass
                break
        _kinds[key] = kind
    return kind


def replaced(rt: Any, cls: type, name: str) -> None:
    """A class is given an attribute. Where that was code, other threads' looks for it have not been noted."""
    forget_classes()
    if not rt.alone and any(isinstance(klass.__dict__.get(name), _ACTIVE) for klass in cls.__mro__):
        rt.doubt("a method is replaced while threads may call it")


def in_dictionary(obj: Any, name: str) -> bool:
    try:
        return name in object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return False


def alias(rt: Any, obj: Any) -> None:
    """The dictionary of an instance or a class is about to be used as one: its items are the attributes."""
    try:
        space = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return
    if type(space) is types.MappingProxyType:  # a class lets its dictionary be read through this
        space = gc.get_referents(space)[0]
    if type(space) is dict:
        rt.aliases[id(space)] = rt.aliases.get(id(obj), obj)
        rt.keep.append(space)


def swap(rt: Any, obj: Any, space: dict[str, Any]) -> None:
    """The instance is given another dictionary, maybe one that is another instance's already."""
    first = rt.aliases.get(id(space), obj)
    rt.aliases[id(space)] = rt.aliases[id(obj)] = first
    rt.keep += obj, space


def look_in_classes(site: Site, rt: Any, cls: type, name: str) -> bool:
    """`name` is looked for in a class and its bases; each that is asked could be given it. True if found."""
    for klass in cls.__mro__:
        if klass is object or klass is type:
            break
        rt.touch(site, klass, name, False)
        if name in klass.__dict__:
            return True
    return False


def look_in_holder(site: Site, rt: Any, holder: Any, name: str) -> None:
    """An attribute of a class or a module is read."""
    if issubclass(type(holder), type):
        if not look_in_classes(site, rt, holder, name) and type(holder) is not type:
            look_in_classes(site, rt, type(holder), name)
    else:
        space = holder.__dict__
        active = issubclass(type(space.get(name)), (*_ACTIVE, types.ModuleType))
        if name in space and not active and (rt.is_learners(space) or space.get("__spec__") is None):
            rt.touch(site, space, name, False)


class LoadAttr(Site):
    __slots__ = ()

    def __matmul__(self, obj: Any) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        cls = type(obj)
        if cls in _STATELESS:
            if rt.ended:
                rt.unwind()
            return
        if issubclass(type(obj), (type, types.ModuleType)):
            if self.name == "__dict__" and issubclass(type(obj), type):
                alias(rt, obj)
            elif (self.visible or rt.everything) and not rt.inside:
                rt.as_one(self, lambda: self @ obj)
            else:
                look_in_holder(self, rt, obj, self.name)
            return
        if self.name == "__dict__":
            alias(rt, obj)
            return
        kind = attribute_kind(cls, self.name)
        if kind is SKIP:
            if rt.ended:
                rt.unwind()
            return
        if cls is rt.local_type:
            return
        if cls is super:
            self.beyond(rt, obj.__thisclass__, obj.__self__)
            return
        if kind is _CACHED:
            self.cached(rt, obj)
            return
        if kind is not _INSTANCE and (kind is not _ABSENT or not in_dictionary(obj, self.name)):
            if (self.visible or rt.everything) and not rt.inside:
                rt.as_one(self, lambda: self @ obj)
                return
            look_in_classes(self, rt, cls, self.name)
        rt.touch(self, obj, self.name, False)

    def beyond(self, rt: Any, cls: type, obj: Any) -> None:
        """``super().name``: looked for in the classes behind `cls`."""
        order = obj.__mro__ if issubclass(type(obj), type) and cls in obj.__mro__ else type(obj).__mro__
        for klass in order[order.index(cls) + 1 :]:
            value = klass.__dict__.get(self.name, self)
            if klass is object or klass is type or isinstance(value, _ACTIVE) or hasattr(type(value), "__get__"):
                return
            rt.touch(self, klass, self.name, False)
            if value is not self:
                return

    def cached(self, rt: Any, obj: Any) -> None:
        """A functools.cached_property looks, and if there is no value yet computes and stores one: two steps."""
        rt.touch(self, obj, self.name, False)
        if self.name not in obj.__dict__:
            value = getattr(type(obj), self.name).func(obj)
            rt.touch(self, obj, self.name, True)
            obj.__dict__[self.name] = value


class LoadSuper(LoadAttr):
    """The same as one instruction, from 3.12 on."""

    __slots__ = ()

    def __matmul__(self, pair: tuple[type, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        self.beyond(rt, *pair)


class StoreAttr(Site):
    __slots__ = ()
    ACTION = "write"

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        value, obj = pair
        cls = type(obj)
        if issubclass(type(obj), type):
            replaced(rt, obj, self.name)
        elif issubclass(type(obj), types.ModuleType):
            obj = obj.__dict__
        elif self.name == "__class__":
            rt.doubt("an object is given another class")
        elif self.name == "__dict__" and type(value) is dict:
            rt.touch(self, obj, ALL, True, value)
            swap(rt, obj, value)
            return
        elif attribute_kind(cls, self.name) is SKIP:
            holder = next(klass for klass in cls.__mro__ if self.name in klass.__dict__)
            if hasattr(type(holder.__dict__[self.name]), "__set__"):
                return  # a property or the like: its own code does the writing
            rt.doubt("an instance attribute hides a method")
        elif cls is rt.local_type:
            rt.task.changed = True
            return
        rt.touch(self, obj, self.name, True, value)


class DeleteAttr(Site):
    __slots__ = ()
    ACTION = "write"
    REMOVES = True

    def __matmul__(self, obj: Any) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        rt.touch(self, obj.__dict__ if issubclass(type(obj), types.ModuleType) else obj, self.name, True)
