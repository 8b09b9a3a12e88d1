"""The learner's world during an exploration: what is woven, what is controlled, and what is put back.

From the scenario we walk to everything it can reach: functions by the global names their code uses, closures,
defaults, classes, instances, containers. On the way we

* find the functions of learner and scenario code, to be woven;
* find locks, clocks and the like that were bound before the check (``from threading import Lock``), to be replaced;
* remember the state of every object that outlives an execution, so that each execution begins alike.

`install` and `uninstall` bracket an exploration; `begin` an execution.
"""

from __future__ import annotations

import _queue
import _thread
import array
import collections
import dis
import functools
import gc
import io
import itertools
import os
import random
import sys
import sysconfig
import threading
import types
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from . import primitives, threads
from .attributes import forget_classes
from .iterators import ITERATORS, Again, Beginnings, Count
from .library import CALLERS, woven_for
from .looks import Looks
from .patching import Patches
from .refusing import refuse_instance
from .restoring import reset_lock, restore_dict, restore_sequence, restore_set, restore_stream
from .sites import ENGINE_SITES, Site
from .weave import may_store_globals, stored_globals, weave

MOST_OBJECTS = 20_000

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_LIBRARY = tuple(
    {os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {_HERE + os.sep, os.path.dirname(os.path.realpath(os.__file__)) + os.sep}
)

# the real types: during an exploration the module's own names are the controlled ones
_LOCK = type(_thread.allocate_lock())
_RLOCK = type(_thread.RLock())
_SIMPLE_QUEUE = _queue.SimpleQueue

_IMPORT_NAME = dis.opmap["IMPORT_NAME"]
#: Methods of C objects, and the classes whose objects get a controlled form.
_BOUND = (types.BuiltinMethodType, types.MethodWrapperType)
_CONVERTED = frozenset({_LOCK, _RLOCK, *ITERATORS, types.GeneratorType})

_LEAVES = frozenset({str, int, float, bool, bytes, complex, type(None), type(...), range, types.CodeType})

#: Modules whose objects of C are walked through by the garbage collector's own traversal.
_OPAQUE = frozenset(
    {"builtins", "itertools", "functools", "types", "weakref", "operator", "collections", "contextvars", "_contextvars"}
)


@functools.lru_cache(maxsize=1000)
def is_learner_file(filename: str) -> bool:
    """Whether code from this file is the learner's or the scenario's, not a library's."""
    if filename.startswith("<frozen"):
        return False
    if filename.startswith("<"):
        return True
    return not filename.startswith(_LIBRARY)


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


class World:
    """Everything that an exploration changes for its time, and changes back."""

    def __init__(self, scenario: Callable[[], Any], *, sweep: bool = False, looks: Looks | None = None) -> None:
        self._sweep = sweep
        self._scenario = scenario
        self.looks = looks or Looks()
        self._modules: list[Any] = []  # imported by the scenario itself
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.woven: set[int] = set()
        self.names: dict[int, tuple[Any, str]] = {}
        self.doubts: list[str] = []
        self.sites: list[Site] = []
        self._seen: set[int] = set()
        self._keep: list[Any] = []
        self._functions: list[types.FunctionType] = []
        self._names: set[str] = set()  # that their code uses
        self._spaces: dict[int, tuple[dict[str, Any], set[str]]] = {}
        self._restore: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = []
        self._patches = Patches(self.looks)
        self._replacement = self._patches.replacement
        self._controlled: dict[int, Any] = {}
        self._resets: list[Callable[[], None]] = []
        self._beginnings = Beginnings()
        self.fragile: dict[int, str] = {}  # by id: iterators that cannot begin again, and what to call them
        self._known = len(sys.modules)

    # -- an exploration -----------------------------------------------------------------------------------------

    def install(self) -> None:
        """Take over. Everything done here and in `weave` is undone by `uninstall`, in reverse order."""
        self._gc = gc.isenabled()
        gc.disable()
        try:
            self._walk()
            if len(sys.modules) > self._known:  # to know what they hold, look again
                self.look_again()
                return
            self._patches.install()
        except BaseException:
            self.uninstall()
            raise

    def look_again(self) -> None:
        """Begin anew, with the modules that have been imported since."""
        self._modules += [sys.modules[name] for name in self.overlooked()]
        self.uninstall()
        self._begin_anew()
        self.install()

    def overlooked(self) -> list[str]:
        """The learner's modules that were imported since the beginning, and so are not woven."""
        # the latest come last; to look at all of them takes long in a process that was just forked
        new = list(itertools.islice(reversed(sys.modules), max(0, len(sys.modules) - self._known)))
        return [name for name in new if is_learner_file(getattr(sys.modules[name], "__file__", None) or "<frozen>")]

    def uninstall(self) -> None:
        """Give everything back as it was."""
        for restore in self._restore:
            restore()
        self._patches.uninstall()
        while self._undo:
            self._undo.pop()()
        forget_classes()
        if self._gc:
            gc.enable()

    def begin(self) -> None:
        """Put the learner's objects back to where they were when the check began."""
        for reset in self._resets:
            reset()
        for restore in self._restore:
            restore()
        self._beginnings.begin()
        self._patches.begin()

    # -- walking ------------------------------------------------------------------------------------------------

    def _walk(self) -> None:
        self._follow([self._scenario, *self._modules])
        if self._sweep:
            self._follow([each for each in gc.get_objects() if type(each) is types.FunctionType and self._owns(each)])
        for space, names in list(self._spaces.values()):
            for name in names:
                if name in space:
                    self.names.setdefault(id(space[name]), (None, name))

    def _owns(self, function: types.FunctionType) -> bool:
        return id(function.__globals__) in self._spaces

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
        if _is_learner_class(kind):
            todo.append(type(value))
        if isinstance(value, types.FunctionType):
            if not is_learner_file(value.__code__.co_filename) and not self._owns(value):
                self._visit_library_function(value, todo)
                return
            self._functions.append(value)
            self._import(value)
            names = global_names(value.__code__)
            self._names |= names
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
            self._restore.append(lambda: restore_dict(value, saved))
            todo += saved.keys()
            self._visit_instance(value, todo)
        elif isinstance(value, (list, collections.deque)):
            for index, part in enumerate(value):
                self._replace(part, functools.partial(value.__setitem__, index), str(index), todo)
            saved_items = list(value)
            self._restore.append(lambda: restore_sequence(value, saved_items))
            self._visit_instance(value, todo)
        elif isinstance(value, set):
            saved_set = set(value)
            self._restore.append(lambda: restore_set(value, saved_set))
            todo += saved_set
            self._visit_instance(value, todo)
        elif isinstance(value, (bytearray, array.array)):
            self._restore.append(functools.partial(value.__setitem__, slice(None), value[:]))
        elif isinstance(value, (io.StringIO, io.BytesIO)) and not value.closed:
            text, position = value.getvalue(), value.tell()
            self._restore.append(lambda: restore_stream(value, text, position))
        elif type(value).__name__ == "_lru_cache_wrapper":
            self._restore.append(value.cache_clear)
            todo.append(value.__wrapped__)
        elif isinstance(value, (tuple, frozenset)):
            todo += value
        elif isinstance(value, types.CellType):
            self._visit_cell(value, todo)
        elif isinstance(value, random.Random) and not isinstance(value, random.SystemRandom):
            state = value.getstate()
            self._restore.append(lambda: value.setstate(state))
        elif isinstance(value, property):
            todo += [value.fget, value.fset, value.fdel]
        elif isinstance(value, threading.Thread) and value.is_alive() and value is not threading.main_thread():
            self.doubts.append(f"the thread {value.name!r} was started before the check and is not controlled")
        elif isinstance(value, (Again, Count)):
            todo += self._beginnings.parts()
        elif isinstance(value, weakref.ref):
            todo.append(value())
        elif kind.__module__ == "multiprocessing.synchronize":
            self._undo.append(refuse_instance(value))
        elif _is_instance_of_learners(value) or type(value).__module__ in _LIBRARY_STATE:
            todo.append(type(value))
            self._visit_instance(value, todo)
        elif type(value).__module__ in _OPAQUE and not isinstance(value, (types.FrameType, types.TracebackType)):
            if isinstance(value, types.GeneratorType):
                if value.gi_frame is not None:  # it has not ended
                    self._note_fragile(value.gi_frame, f"the generator {value.__name__}")
            elif isinstance(value, collections.abc.Iterator):
                self._note_fragile(value, f"an iterator ({kind.__name__})")
            todo += gc.get_referents(value)

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
            defaults = tuple(self._convert(part) for part in function.__defaults__)
            if any(a is not b for a, b in zip(defaults, function.__defaults__)):
                old = function.__defaults__
                function.__defaults__ = defaults
                self._undo.append(lambda: setattr(function, "__defaults__", old))
            todo += function.__defaults__
        if function.__kwdefaults__:
            todo.append(function.__kwdefaults__)
        todo.append(function.__dict__)

    def _visit_space(self, space: dict[str, Any], names: set[str], todo: list[Any]) -> None:
        """The globals that code uses: only those, since a notebook's namespace holds a lot."""
        _, known = self._spaces.setdefault(id(space), (space, set()))
        for name in names - known:
            known.add(name)
            if name == "id" and name not in space:  # the builtin: addresses differ from execution to execution
                space[name] = threads.number
                self._undo.append(functools.partial(space.pop, name, None))
            elif name in space and not name.startswith("__"):
                value = space[name]
                self._replace(value, functools.partial(space.__setitem__, name), name, todo)
                self._remember_global(space, name)
            elif isinstance(sys.modules.get(name), types.ModuleType):  # imported inside a function
                todo.append(sys.modules[name])

    def _remember_global(self, space: dict[str, Any], name: str) -> None:
        value = space[name]

        def restore() -> None:
            if space.get(name, self) is not value:
                space[name] = value

        self._restore.append(restore)

    def _visit_module(self, module: types.ModuleType, todo: list[Any]) -> None:
        if is_learner_file(getattr(module, "__file__", None) or "<frozen module>"):
            names = {name for name in vars(module) if not name.startswith("__")}
            self._visit_space(vars(module), names, todo)

    def _visit_class(self, cls: type, todo: list[Any]) -> None:
        self._names |= {base.__name__ for base in cls.__mro__}
        if not _is_learner_class(cls):
            return
        todo += (*cls.__bases__, type(cls))
        saved: dict[str, Any] = {}
        for name, value in list(vars(cls).items()):
            if name in ("__dict__", "__weakref__", "__doc__", "__module__", "__annotations__"):
                continue
            if isinstance(value, types.MemberDescriptorType):
                continue
            self._replace(value, functools.partial(setattr, cls, name), name, todo, owner=cls.__name__)
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

        self._restore.append(restore)

    def _visit_cell(self, cell: types.CellType, todo: list[Any]) -> None:
        try:
            value = cell.cell_contents
        except ValueError:
            return
        self._replace(value, lambda new: setattr(cell, "cell_contents", new), "", todo)
        saved = cell.cell_contents
        self._restore.append(lambda: setattr(cell, "cell_contents", saved))

    def _visit_instance(self, obj: Any, todo: list[Any]) -> None:
        """Attributes in the instance's dictionary and in its slots."""
        space = getattr(obj, "__dict__", None)
        if type(space) is dict and space:
            for name, value in list(space.items()):
                self._replace(value, functools.partial(space.__setitem__, name), name, todo, owner=type(obj).__name__)
        if type(space) is dict:
            saved = dict(space)
            self._restore.append(lambda: restore_dict(space, saved))
        for cls in type(obj).__mro__:
            for name, member in vars(cls).items():
                if isinstance(member, types.MemberDescriptorType) and _is_learner_class(cls):
                    try:
                        value = member.__get__(obj, cls)
                    except AttributeError:
                        continue
                    self._replace(value, functools.partial(member.__set__, obj), name, todo, owner=cls.__name__)
                    kept = member.__get__(obj, cls)
                    self._restore.append(functools.partial(member.__set__, obj, kept))

    def _adopt(self, space: dict[Any, Any], names: Any, todo: list[Any]) -> None:
        for name in list(names):
            self._replace(space[name], functools.partial(space.__setitem__, name), str(name), todo)

    # -- replacing what is not controlled -----------------------------------------------------------------------

    def _replace(
        self, value: Any, put: Callable[[Any], Any], name: str, todo: list[Any], owner: str | None = None
    ) -> None:
        """Look at a value in its place: control it if it is a primitive, and go on from it."""
        new = self._convert(value)
        if new is not value:
            put(new)
            self._undo.append(lambda: put(value))
            self._keep.append(value)
            if name:
                self.names.setdefault(id(new), (owner, name))
        elif name and owner is not None and type(value) not in _LEAVES:
            self.names.setdefault(id(value), (owner, name))
        todo.append(new)

    def _convert(self, value: Any) -> Any:
        """The controlled form of `value`, or `value` itself."""
        try:
            return self._replacement[value] if isinstance(value, _REPLACED) else self._convert_instance(value)
        except (KeyError, TypeError):
            return self._convert_instance(value)

    def _convert_instance(self, value: Any) -> Any:
        kind = type(value)
        if kind is tuple or (isinstance(value, tuple) and hasattr(kind, "_make")):
            parts = [self._convert(part) for part in value]
            if all(a is b for a, b in zip(parts, value)):
                return value
            return tuple(parts) if kind is tuple else kind._make(parts)
        if kind is staticmethod:
            function = self._convert(value.__func__)
            return value if function is value.__func__ else staticmethod(function)
        if kind is functools.partial:
            parts = [self._convert(part) for part in (value.func, *value.args)]
            if all(a is b for a, b in zip(parts, (value.func, *value.args))):
                return value
            return kind(*parts, **value.keywords)
        if kind in _BOUND:
            owner = value.__self__
            if type(owner) in _CONVERTED and self._convert(owner) is not owner:
                return getattr(self._convert(owner), value.__name__)
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

    # -- weaving ------------------------------------------------------------------------------------------------

    def weave(self) -> None:
        """Weave what was found. Without it, executions notice only what the controlled primitives tell."""
        for site in ENGINE_SITES:
            site.visible = False
        shared: dict[int, set[str]] = {}
        self._functions += [*woven_for(self._names, self._functions), *CALLERS]
        for function in self._functions:
            if may_store_globals(function.__code__):
                shared.setdefault(id(function.__globals__), set()).update(stored_globals(function.__code__))
        for function in self._functions:
            space = function.__globals__
            names = shared.get(id(space), set())
            for name in names:
                if name not in space:
                    self._restore.append(functools.partial(space.pop, name, None))
            original = function.__code__
            woven, made = weave(original, space, names)
            for site in made:
                site.visible = False
            self.sites += made
            self._note(woven)
            function.__code__ = woven
            self._undo.append(functools.partial(setattr, function, "__code__", original))

    def _note(self, code: types.CodeType) -> None:
        self.woven.add(id(code))
        self._keep.append(code)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._note(constant)

    def is_learners(self, space: dict[str, Any]) -> bool:
        return id(space) in self._spaces

    def spaces(self) -> list[tuple[dict[str, Any], set[str]]]:
        """The global namespaces that the scenario reaches, each with the names that its code uses."""
        return list(self._spaces.values())

    is_learner_file = staticmethod(is_learner_file)

    def is_learner_code(self, code: types.CodeType) -> bool:
        return is_learner_file(code.co_filename)


_REPLACED = (types.BuiltinFunctionType, types.MethodType, type)
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


@functools.lru_cache(maxsize=2000)
def _is_learner_class(cls: type) -> bool:
    """A class is the learner's if one of its functions is; one without functions of its own, if its module is."""
    for value in vars(cls).values():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if isinstance(function, types.FunctionType):
            filename = function.__code__.co_filename
            if not filename.startswith("<string") and is_learner_file(filename):  # dataclass writes functions too
                return True
    module = sys.modules.get(cls.__module__)
    if module is None:
        return cls.__module__ not in ("builtins",)
    return is_learner_file(
        getattr(module, "__file__", None) or ("<main>" if cls.__module__ == "__main__" else "<frozen>")
    )


def _is_instance_of_learners(value: Any) -> bool:
    return any(_is_learner_class(cls) for cls in type(value).__mro__[:-1])


__all__ = ["World", "is_learner_file"]
