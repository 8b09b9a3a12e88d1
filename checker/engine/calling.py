"""Calls: an access where the callee is C code that touches a container, an iterator or an attribute."""

from __future__ import annotations

import contextvars
import io
import operator
import types
import weakref
from _thread import get_ident
from typing import Any

from . import current
from .attributes import SKIP, alias, attribute_kind, in_dictionary, look_in_classes, look_in_holder, replaced
from .contents import (
    ALL,
    BUILTIN,
    DESCRIPTORS,
    FUNCTION,
    GENERATORS,
    GETTERS,
    ITEM_READ,
    METHOD,
    PLAIN,
    READ,
    WRAPPERS,
    adding,
    is_container,
    item_of,
    removing,
    storing,
    taking,
)
from .iterators import ITERATORS
from .sites import Site

# Methods of built-in containers
_ITEM_WRITE = {"setdefault": adding, "__setitem__": storing, "__delitem__": removing, "pop": removing}
_TAKING = frozenset({"pop", "popleft", "popitem", "clear"})
_NO_ACCESS = frozenset("__init__ __new__ __class_getitem__ fromkeys".split())  # the object is still the thread's own

_STREAMS = (io.StringIO, io.BytesIO)
_DEEP = frozenset(
    {"repr", "print", "format", "ascii", "eq", "ne", "sum", "any", "all", "min", "max", "sorted", "reduce"}
)
_ASKING = frozenset({"min", "max", "reduce", "sorted"})
#: Modules of the library whose functions read all attributes of what they are given.
_READING_MODULES = frozenset({"copy", "dataclasses", "pickle", "_pickle", "pprint"})
#: Modules written in Python whose functions do nothing to shared state that is not noticed elsewhere.
_KNOWN_MODULES = frozenset(
    {
        "threading",
        "queue",
        "concurrent.futures._base",
        "checker.together",
        *(f"checker.engine.{name}" for name in ("dates", "primitives", "threads")),
        *_READING_MODULES,
    }
)
# Built-in functions of these change a container given as an argument; every other one at most reads it.
_WRITING_MODULES = frozenset({"_heapq", "_bisect", "_operator", "_collections"})
#: Names of functions, in C or in the library's Python, that fill or reorder a container given as an argument.
_FILLING = frozenset({"shuffle", "pack_into", "readinto", "readinto1", "recv_into"})

#: Arguments of a call that are looked at.
MOST_ARGUMENTS = 30


class Call(Site):
    """A call: an access where the callee is C code that touches a container, an iterator or an attribute."""

    __slots__ = ()
    ACTION = "call"

    def __matmul__(self, call: tuple[Any, ...]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        if rt.ended:
            rt.unwind()
        callee = call[0]
        kind = type(callee)
        function = callee.__func__ if kind is METHOD else callee
        if type(function) is FUNCTION and id(function.__code__) in rt.woven:
            return
        if (self.visible or rt.everything) and not rt.inside:
            rt.as_one(self, lambda: self @ call)
            return
        if kind is FUNCTION:
            if callee.__module__ not in _KNOWN_MODULES:
                rt.task.changed = True  # as with C code that has a state of its own
            if len(call) > 1:
                deep = 2 if callee.__module__ in _READING_MODULES else 1
                self.arguments(rt, call, 1, callee.__name__ in _FILLING, deep)
            return
        if kind is METHOD:
            owner = callee.__self__
            if type(function) is not FUNCTION:  # a method that lru_cache made
                self @ (function, owner, *call[1:])
                return
            if getattr(function, "__module__", "") not in _KNOWN_MODULES:
                rt.task.changed = True
            if is_container(type(owner)):  # a method in Python of a container class of the library
                rt.touch(self, owner, ALL, callee.__name__ not in READ)
            elif type(owner) in ITERATORS:
                self.use(rt, owner)
            self.arguments(rt, call, 1, callee.__name__ in _FILLING, deep=1)
            return
        if kind is BUILTIN or kind in WRAPPERS:
            self.builtin(rt, callee, call)
        elif kind is type:
            if len(call) > 1:
                self.arguments(rt, call, 1, False, deep=int(callee is str))
        elif kind in DESCRIPTORS:
            if len(call) > 1:
                self.method(rt, call[1], callee.__name__, call[2:])
        elif kind.__name__ == "_lru_cache_wrapper":
            if not rt.alone:
                rt.doubt("functools.lru_cache looks, computes and stores in C")
        elif kind is weakref.ReferenceType:
            if not rt.alone:
                rt.doubt("a weak reference is asked, and what threads have touched lives on until the end")
        elif kind in GETTERS:
            for argument in call[1:2]:
                if type(argument) not in PLAIN:
                    rt.touch(self, argument, ALL, kind is operator.methodcaller)
        elif kind.__name__ == "partial":
            self @ (callee.func, *callee.args, *call[1:])

    def arguments(self, rt: Any, call: tuple[Any, ...], start: int, write: bool, deep: int = 0) -> None:
        for argument in call[start:]:
            kind = type(argument)
            if kind not in PLAIN and kind is not FUNCTION:
                self.use(rt, argument, deep, write)

    def builtin(self, rt: Any, callee: Any, call: tuple[Any, ...]) -> None:
        owner = callee.__self__
        if owner is None or issubclass(type(owner), types.ModuleType):
            name = callee.__name__
            if name in ("setattr", "getattr", "hasattr", "delattr") and len(call) > 2 and type(call[2]) is str:
                self.attribute(rt, call[1], call[2], name in ("setattr", "delattr"))
            elif name in ("next", "anext"):
                if len(call) > 1 and type(call[1]) not in GENERATORS:
                    rt.touch(self, call[1], ALL, True)
                self.arguments(rt, call, 1, False)
            elif name == "vars" and len(call) == 2:
                alias(rt, call[1])
            elif name in ("exec", "eval", "globals", "vars"):
                if not rt.alone or name in ("exec", "eval"):  # what they define is not woven
                    rt.doubt(f"the code calls {name}()")
            else:
                if name in _ASKING:
                    self.asking(rt, name, call)
                if name == "print" and not rt.alone and any(type(part) in _STREAMS for part in call):
                    rt.doubt("print() writes to a stream of the code's own in several steps")
                module = callee.__module__
                # `operator` only reads, except for its functions on items; heapq and bisect.insort write
                deep = 2 if module in _READING_MODULES else int(name in _DEEP)
                self.arguments(rt, call, 1, module in _WRITING_MODULES or name in _FILLING, deep)
        elif issubclass(type(owner), type):
            self.arguments(rt, call, 1, False)
        else:
            if callee.__name__ == "sort":
                self.asking(rt, "sort", call)
            self.method(rt, owner, callee.__name__, call[1:])

    def asking(self, rt: Any, name: str, call: tuple[Any, ...]) -> None:
        """C code that asks a key function between its looks at a container: one step here, more in truth."""
        for part in call[1:]:
            if type(part) is BUILTIN and is_container(type(part.__self__)):  # max(names, key=votes.get)
                self.method(rt, part.__self__, part.__name__, ())
        if self.visible and any(type(part) in (FUNCTION, METHOD) for part in call[1:]):
            rt.doubt(f"{name}() calls code between its looks at what threads share")

    def attribute(self, rt: Any, obj: Any, name: str, write: bool) -> None:
        if issubclass(type(obj), type) and not write:
            look_in_holder(self, rt, obj, name)
            return
        if issubclass(type(obj), type):
            replaced(rt, obj, name)
        if issubclass(type(obj), types.ModuleType):
            obj = obj.__dict__
        if issubclass(type(obj), dict) or attribute_kind(type(obj), name) is not SKIP:
            if not write and not issubclass(type(obj), dict) and not in_dictionary(obj, name):
                look_in_classes(self, rt, type(obj), name)
            rt.touch(self, obj, name, write)

    def method(self, rt: Any, owner: Any, name: str, args: tuple[Any, ...]) -> None:
        """A method in C of `owner`."""
        if is_container(type(owner)):
            if name in _NO_ACCESS:
                pass
            elif issubclass(type(owner), dict) and args and name in ITEM_READ:
                rt.touch(self, owner, item_of(args[0]), False)
            elif issubclass(type(owner), dict) and args and name in _ITEM_WRITE:
                rt.touch(self, owner, item_of(args[0]), True, None, _ITEM_WRITE[name])
            elif name in ITEM_READ or name in READ:
                rt.touch(self, owner, ALL, False)
            elif name in _TAKING:
                rt.touch(self, owner, ALL, True, None, taking)
            else:
                rt.touch(self, owner, ALL, True)
                self.taking(rt, args)
            self.arguments(rt, args, 0, False)
        elif type(owner) in GENERATORS:
            rt.touch(self, rt.frame_of(owner), ALL, True)
        elif type(owner) in ITERATORS or name == "__next__":
            rt.touch(self, owner, ALL, True)
            self.arguments(rt, (owner,), 0, False)
        elif name in ("__setattr__", "__delattr__", "__getattribute__") and args and type(args[0]) is str:
            rt.touch(self, owner, args[0], name != "__getattribute__")
        elif type(owner) is str:
            self.arguments(rt, args, 0, False)
        elif type(owner) in _STREAMS:
            rt.touch(self, owner, ALL, name not in ("getvalue", "tell", "closed"))
            self.arguments(rt, args, 0, name in _FILLING)
        elif type(owner) is memoryview:
            self.use(rt, owner, write=name == "__setitem__")
        elif type(owner) is contextvars.Context:
            rt.touch(self, owner, ALL, name == "run")
            self.arguments(rt, args, 0, False)
            if name == "run" and args and type(args[0]) in (FUNCTION, METHOD) and rt.races.found(owner):
                rt.doubt("a context that threads share is entered here, and left at a step that is not seen")
        elif type(owner) is types.MemberDescriptorType and args:  # Point.x.__set__(point, 1)
            rt.touch(self, args[0], owner.__name__, name != "__get__")
        else:
            rt.task.changed = True  # hidden state of C code: a loop that calls it is not known to be idle
            self.arguments(rt, args, 0, name in _FILLING)


class CallStar(Call):
    """f(*args, **kwargs): the arguments come as one tuple or iterable."""

    __slots__ = ()

    def __matmul__(self, call: tuple[Any, ...]) -> None:
        callee, arguments = call
        rt = current.runtime
        if rt is not None and get_ident() == rt.running:
            if (self.visible or rt.everything) and not rt.inside:
                rt.as_one(self, lambda: self @ call)
                return
            self.arguments(rt, (arguments,), 0, False)
        if type(arguments) is tuple:
            super().__matmul__((callee, *arguments[:MOST_ARGUMENTS]))
        else:
            super().__matmul__((callee, arguments))
