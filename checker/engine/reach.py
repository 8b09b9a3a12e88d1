"""Walks from the scenario to everything it can reach.

Functions by the global names their code uses, closures, defaults, classes, instances, containers. On the way we

* find the functions of learner and scenario code, to be woven;
* find locks, clocks and the like that were bound before the check (``from threading import Lock``), to be replaced;
* remember the state of every object that outlives an execution, so that each execution begins alike.
"""

from __future__ import annotations

import array
import collections
import contextvars
import copy
import dis
import functools
import gc
import io
import random
import sys
import threading
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from . import lazy, threads
from .contents import FROZEN, is_foreign
from .iterators import Again, Count
from .owning import is_instance_of_learners, is_learner_class, is_learner_file
from .refusing import refuse_instance
from .restoring import restore_dict, restore_sequence, restore_set, restore_stream
from .stand_ins import StandIns

MOST_OBJECTS = 20_000
#: Items of a container of another library that are put back before each execution.
MOST_ITEMS = 1_000

_IMPORT_NAME = dis.opmap["IMPORT_NAME"]

_LEAVES = frozenset({str, int, float, bool, bytes, complex, type(None), type(...), range, types.CodeType})

#: Modules whose objects of C are walked through by the garbage collector's own traversal.
_OPAQUE = frozenset(
    {"builtins", "itertools", "functools", "types", "weakref", "operator", "collections", "contextvars", "_contextvars"}
)

_LIBRARY_STATE = frozenset(
    {
        "threading",
        "queue",
        "sched",
        "concurrent.futures.thread",
        "concurrent.futures._base",
        "contextlib",
        "functools",
        "collections",
        "types",
        "weakref",
        "_weakrefset",
    }
)


def global_names(code: types.CodeType) -> set[str]:
    """Every name that `code`, or code nested in it, may look up as a global or an attribute."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= global_names(constant)
    return names


def imports(code: types.CodeType) -> Iterator[tuple[str, Any, int]]:
    """The import statements in `code` and code nested in it: module, names asked of it, level of a relative one."""
    if _IMPORT_NAME in code.co_code[::2]:
        before: list[Any] = [None, None]
        for instruction in dis.get_instructions(code):
            if instruction.opcode == _IMPORT_NAME:
                yield instruction.argval, before[1], before[0]
            if instruction.opname != "EXTENDED_ARG":
                before = [before[1], instruction.argval]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from imports(constant)


class Reach:
    """What the scenario reaches: found, controlled, and remembered as it was."""

    def __init__(self, stand_ins: StandIns) -> None:
        self.functions: list[types.FunctionType] = []
        self.used: set[str] = set()  # names that their code uses
        self.names: dict[int, tuple[Any, str]] = {}  # what an object is called, by its id: (class that owns it, name)
        self.spaces: dict[int, tuple[dict[str, Any], set[str]]] = {}  # globals, each with the names used
        self.fragile: dict[int, str] = {}  # by id: iterators that cannot begin again, and what to call them
        self.doubts: list[str] = []
        self.thread_local = False  # whether data of threads outlives an execution
        self.restore: list[Callable[[], None]] = []  # puts back what an execution has changed
        self.undo: list[Callable[[], None]] = []  # gives back what is replaced here, to be called in reverse order
        self._stand_ins = stand_ins
        self._seen: set[int] = set()
        self._keep: list[Any] = []

    def walk(self, beginnings: list[Any]) -> None:
        """Go from `beginnings` to everything."""
        self._follow(beginnings)
        for space, names in list(self.spaces.values()):
            for name in names:
                if name in space:
                    self.names.setdefault(id(space[name]), (None, name))

    def _owns(self, function: types.FunctionType) -> bool:
        return id(function.__globals__) in self.spaces

    def _follow(self, todo: list[Any]) -> None:
        while todo:
            value = todo.pop()
            if type(value) in _LEAVES or id(value) in self._seen:
                continue
            self._seen.add(id(value))
            self._keep.append(value)
            if len(self._seen) > MOST_OBJECTS:
                self.doubts.append(f"more than {MOST_OBJECTS:,} objects outlive an execution")
                break
            self._visit(value, todo)

    def _visit(self, value: Any, todo: list[Any]) -> None:
        kind: Any = type(value)
        if is_learner_class(kind):
            todo.append(type(value))
        if isinstance(value, types.FunctionType):
            if not is_learner_file(value.__code__.co_filename) and not self._owns(value):
                self._visit_library_function(value, todo)
                return
            self.functions.append(value)
            self._import(value)
            names = global_names(value.__code__)
            self.used |= names
            self._visit_space(value.__globals__, names, todo)
            self._visit_function(value, todo)
        elif isinstance(value, types.MethodType):
            todo += [value.__func__, value.__self__]
        elif isinstance(value, (staticmethod, classmethod)):
            todo.append(value.__func__)
        elif isinstance(value, type):
            self._visit_class(value, todo)
        elif isinstance(value, types.ModuleType):
            self._visit_module(value, todo)
        elif isinstance(value, functools.partial):
            todo += [value.func, *value.args, *value.keywords.values()]
        elif isinstance(value, dict):
            self._adopt(value, value.keys(), todo)
            if isinstance(value, collections.defaultdict):
                put = functools.partial(setattr, value, "default_factory")
                self._replace(value.default_factory, put, "", todo)
            saved = dict(value)
            self.restore.append(lambda: restore_dict(value, saved))
            todo += saved.keys()
            self._visit_instance(value, todo)
        elif isinstance(value, (list, collections.deque)):
            for index, part in enumerate(value):
                self._replace(part, functools.partial(value.__setitem__, index), str(index), todo)
            saved_items = list(value)
            self.restore.append(lambda: restore_sequence(value, saved_items))
            self._visit_instance(value, todo)
        elif isinstance(value, set):
            saved_set = set(value)
            self.restore.append(lambda: restore_set(value, saved_set))
            todo += saved_set
            self._visit_instance(value, todo)
        elif isinstance(value, (bytearray, array.array)):
            self.restore.append(functools.partial(value.__setitem__, slice(None), value[:]))
        elif is_foreign(kind):
            self._visit_foreign(value)
        elif isinstance(value, (io.StringIO, io.BytesIO)) and not value.closed:
            text, position = value.getvalue(), value.tell()
            self.restore.append(lambda: restore_stream(value, text, position))
        elif type(value).__name__ == "_lru_cache_wrapper":
            self.restore.append(value.cache_clear)
            todo.append(value.__wrapped__)
        elif isinstance(value, (tuple, frozenset)):
            todo += gc.get_referents(value)  # that of a zip_longest may not be gone over: it has holes
        elif FROZEN and isinstance(value, FROZEN):
            todo += [*value, *value.values()]
        elif isinstance(value, types.CellType):
            self._visit_cell(value, todo)
        elif isinstance(value, random.Random) and not isinstance(value, random.SystemRandom):
            state = value.getstate()
            self.restore.append(lambda: value.setstate(state))
        elif isinstance(value, property):
            todo += [value.fget, value.fset, value.fdel]
        elif isinstance(value, threading.Thread) and value.is_alive() and value is not threading.main_thread():
            self.doubts.append(f"the thread {value.name!r} was started before the check and is not controlled")
        elif isinstance(value, threading.local):
            self.thread_local = True
        elif isinstance(value, (Again, Count)):
            todo += self._stand_ins.parts()
        elif isinstance(value, weakref.ref):
            todo.append(value())
        elif kind is contextvars.Context:
            self.doubts.append("a context outlives an execution and is not put back")
        elif kind.__module__ == "multiprocessing.synchronize":
            self.undo.append(refuse_instance(value))
        elif is_instance_of_learners(value) or type(value).__module__ in _LIBRARY_STATE:
            todo.append(type(value))
            self._visit_instance(value, todo)
        elif type(value).__module__ in _OPAQUE and not isinstance(value, (types.FrameType, types.TracebackType)):
            if isinstance(value, types.GeneratorType):
                if value.gi_frame is not None:  # it has not ended
                    self._note_fragile(value.gi_frame, f"the generator {value.__name__}")
            elif isinstance(value, collections.abc.Iterator):
                self._note_fragile(value, f"an iterator ({kind.__name__})")
            todo += gc.get_referents(value)

    def _visit_foreign(self, value: Any) -> None:
        try:
            if len(value) > MOST_ITEMS:
                raise ValueError("would take too long each time")
            saved = copy.copy(value[:])
            value[:] = saved
        except Exception:
            self.doubts.append(f"a container of the class {type(value).__name__} outlives an execution, not put back")
        else:
            self.restore.append(functools.partial(value.__setitem__, slice(None), saved))

    def _note_fragile(self, value: Any, name: str) -> None:
        self.fragile[id(value)] = name
        self.doubts.append(f"{name} outlives an execution and is not put back")

    def _visit_library_function(self, function: types.FunctionType, todo: list[Any]) -> None:
        """A library's function may carry a learner's inside: decorators, context managers."""
        for cell in function.__closure__ or ():
            try:
                todo.append(cell.cell_contents)
            except ValueError:
                pass
        wrapped = function.__dict__.get("__wrapped__")
        if wrapped is not None:
            todo.append(wrapped)

    def _import(self, function: types.FunctionType) -> None:
        """Make the imports inside a function beforehand, so that what they bring is woven and controlled as well."""
        for name, asked, level in imports(function.__code__):
            if level or name not in sys.modules:
                try:
                    __import__(name, function.__globals__, None, asked, level)
                except Exception:  # then the code will meet it itself
                    pass

    def _visit_function(self, function: types.FunctionType, todo: list[Any]) -> None:
        todo += function.__closure__ or ()
        if function.__defaults__:
            defaults = tuple(self._stand_ins.of(part) for part in function.__defaults__)
            if any(a is not b for a, b in zip(defaults, function.__defaults__)):
                old = function.__defaults__
                function.__defaults__ = defaults
                self.undo.append(lambda: setattr(function, "__defaults__", old))
            todo += function.__defaults__
        if function.__kwdefaults__:
            todo.append(function.__kwdefaults__)
        todo.append(function.__dict__)

    def _visit_space(self, space: dict[str, Any], names: set[str], todo: list[Any]) -> None:
        """The globals that code uses: only those, since a notebook's namespace holds a lot."""
        _, known = self.spaces.setdefault(id(space), (space, set()))
        for name in names - known:
            known.add(name)
            if name == "id" and name not in space:  # the builtin: addresses differ from execution to execution
                space[name] = threads.number
                self.undo.append(functools.partial(space.pop, name, None))
            elif name in space and not name.startswith("__"):
                self._resolve(space, name)
                value = space[name]
                self._replace(value, functools.partial(space.__setitem__, name), name, todo)
                self._remember_global(space, name)
            elif isinstance(sys.modules.get(name), types.ModuleType):  # imported inside a function
                todo.append(sys.modules[name])

    def _resolve(self, space: dict[str, Any], name: str) -> None:
        """Make a lazy import beforehand, so that what it brings is woven and controlled as well."""
        value = space[name]
        brought = lazy.resolved(value)
        if brought is not value:
            space[name] = brought
            self.undo.append(functools.partial(space.__setitem__, name, value))

    def _remember_global(self, space: dict[str, Any], name: str) -> None:
        value = space[name]

        def restore() -> None:
            if space.get(name, self) is not value:
                space[name] = value

        self.restore.append(restore)

    def _visit_module(self, module: types.ModuleType, todo: list[Any]) -> None:
        lazy.import_parts(module.__name__)
        if is_learner_file(getattr(module, "__file__", None) or "<frozen module>"):
            names = {name for name in vars(module) if not name.startswith("__")}
            self._visit_space(vars(module), names, todo)

    def _visit_class(self, cls: type, todo: list[Any]) -> None:
        self.used |= {base.__name__ for base in cls.__mro__}
        if not is_learner_class(cls):
            return
        todo += (*cls.__bases__, type(cls))
        saved: dict[str, Any] = {}
        for name, value in list(vars(cls).items()):
            if name in ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__"):
                continue
            if isinstance(value, types.MemberDescriptorType):
                continue
            self._replace(value, functools.partial(_put_in_class, cls, name), name, todo, owner=cls.__name__)
            if isinstance(value, property):
                todo += [value.fget, value.fset, value.fdel]
            elif type(value).__name__ in ("cached_property", "partialmethod", "singledispatchmethod"):
                todo += [part for part in vars(value).values() if callable(part)]
                self._visit_instance(value, todo)
            saved[name] = vars(cls)[name]

        def restore() -> None:
            now = vars(cls)
            for name, value in saved.items():
                if now.get(name, self) is not value:
                    setattr(cls, name, value)
            for name in [name for name in now if name not in saved and not name.startswith("__")]:
                if not isinstance(now[name], types.MemberDescriptorType):
                    delattr(cls, name)

        self.restore.append(restore)

    def _visit_cell(self, cell: types.CellType, todo: list[Any]) -> None:
        try:
            value = cell.cell_contents
        except ValueError:
            return
        self._replace(value, lambda new: setattr(cell, "cell_contents", new), "", todo)
        saved = cell.cell_contents
        self.restore.append(lambda: setattr(cell, "cell_contents", saved))

    def _visit_instance(self, obj: Any, todo: list[Any]) -> None:
        """Attributes in the instance's dictionary and in its slots."""
        space = getattr(obj, "__dict__", None)
        if type(space) is dict and space:
            for name, value in list(space.items()):
                self._replace(value, functools.partial(space.__setitem__, name), name, todo, owner=type(obj).__name__)
        if type(space) is dict:
            saved = dict(space)
            self.restore.append(lambda: restore_dict(space, saved))
        for cls in type(obj).__mro__:
            if not is_learner_class(cls) and cls.__module__ not in _LIBRARY_STATE:
                continue
            for name, member in vars(cls).items():
                if isinstance(member, types.MemberDescriptorType):
                    try:
                        value = member.__get__(obj, cls)
                        member.__set__(obj, value)
                    except AttributeError:  # nothing is there, or it cannot be set, as most of a class in C
                        continue
                    self._replace(value, functools.partial(member.__set__, obj), name, todo, owner=cls.__name__)
                    kept = member.__get__(obj, cls)
                    self.restore.append(functools.partial(member.__set__, obj, kept))

    def _adopt(self, space: dict[Any, Any], names: Any, todo: list[Any]) -> None:
        for name in list(names):
            self._replace(space[name], functools.partial(space.__setitem__, name), str(name), todo)

    def _replace(
        self, value: Any, put: Callable[[Any], Any], name: str, todo: list[Any], owner: str | None = None
    ) -> None:
        """Look at a value in its place: control it if it is a primitive, and go on from it."""
        new = self._stand_ins.of(value)
        if new is not value:
            put(new)
            self.undo.append(lambda: put(value))
            self._keep.append(value)
            if name:
                self.names.setdefault(id(new), (owner, name))
        elif name and owner is not None and type(value) not in _LEAVES:
            self.names.setdefault(id(value), (owner, name))
        todo.append(new)


def _put_in_class(cls: type, name: str, value: Any) -> None:
    """Bind an attribute of a class; a function that stands in for one written in C is no method there, either."""
    setattr(cls, name, staticmethod(value) if isinstance(value, types.FunctionType) else value)
