"""What each woven instruction touches.

A *site* stands for one instruction of learner or scenario code that can touch shared state. The weaver
(`weave`) puts ``site @ operand`` before the instruction; the site works out which *location* is about to be
read or written and tells the runtime. A location is a pair (base, item): the id of an object, and an attribute
name, a key, an index, or ALL for the object as a whole. `@` is used because BINARY_OP looks the same in every
CPython since 3.11, while the calling convention does not.

Calls into C on built-in containers are atomic in CPython and so are one access to that container.
"""

from __future__ import annotations

import array
import collections
import functools
import gc
import io
import itertools
import operator
import sys
import types
import weakref
from _thread import get_ident
from typing import Any

from . import current
from .iterators import ITERATORS


class _All:
    """The object as a whole: conflicts with every item of it."""

    def __repr__(self) -> str:
        return "*"


ALL = _All()

PLAIN = frozenset({int, str, float, bool, bytes, type(None)})
CONTAINERS = (
    dict,
    list,
    set,
    collections.deque,
    bytearray,
    array.array,
    collections.UserDict,
    collections.UserList,
    collections.ChainMap,
    weakref.WeakKeyDictionary,
    weakref.WeakValueDictionary,
    weakref.WeakSet,
)
_SEQUENCES = (list, collections.deque, bytearray, array.array)
_EXACT_CONTAINERS = frozenset({*CONTAINERS, collections.OrderedDict, collections.defaultdict, collections.Counter})
_TABLES: tuple[Any, ...] = ({}, collections.OrderedDict())
_VIEWS: tuple[type, ...] = (
    *(type(view) for table in _TABLES for view in (table.keys(), table.values(), table.items())),
    types.MappingProxyType,
)
_GENERATORS = (types.GeneratorType,)

#: Iterators that call what they were given, which may look into the parts.
_CALLING = frozenset({map, filter, itertools.starmap, itertools.chain, itertools.accumulate})

_BUILTIN = types.BuiltinFunctionType
_METHOD = types.MethodType
_FUNCTION = types.FunctionType
_WRAPPERS = (types.MethodWrapperType, types.BuiltinMethodType)
_DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)

# Methods of built-in containers: which touch one item (given by their first argument), which only read.
_ITEM_READ = frozenset({"get", "__getitem__", "__contains__"})
_ITEM_WRITE = frozenset({"setdefault", "__setitem__", "__delitem__"})
_READ = frozenset(
    "keys values items copy __len__ __iter__ __reversed__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ index count "
    "__add__ __or__ __and__ __sub__ __xor__ __repr__ __str__ __format__ union intersection difference "
    "symmetric_difference issubset issuperset isdisjoint most_common elements total find decode hex startswith "
    "endswith join split __init_subclass__ __sizeof__ __class__ tolist tobytes __bool__ __reduce__ __reduce_ex__ "
    "__copy__ __mul__ __rmul__ __hash__ __ror__".split()
)
_TAKING = frozenset({"pop", "popleft", "popitem", "clear"})  # change nothing where there is nothing
_NO_ACCESS = frozenset("__init__ __new__ __class_getitem__ fromkeys".split())  # the object is still the thread's own

# Built-in functions that change a container given as an argument; every other one at most reads it.
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
_GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)
_WRITING_MODULES = frozenset({"_heapq", "_bisect", "_operator", "_collections"})


def item_of(key: Any) -> Any:
    """The item of a dict that `key` names, or ALL if comparing keys could run code we do not know."""
    kind = type(key)
    if kind in PLAIN:
        return key
    if kind is tuple and all(type(part) in PLAIN for part in key):
        return key
    return ALL


_container: dict[type, bool] = {}


def is_container(cls: type) -> bool:
    """Whether objects of the class are containers whose state we track. Remembered: asking takes long."""
    known = _container.get(cls)
    if known is None:
        _container[cls] = known = issubclass(cls, CONTAINERS)
    return known


#: Arguments of a call that are looked at.
MOST_ARGUMENTS = 30
#: A container with more parts than this is not searched for others inside.
MOST_PARTS = 200


def _parts(iterator: Any) -> list[Any]:
    """What an iterator or a view walks over, and what it calls."""
    found: list[Any] = []
    for part in gc.get_referents(iterator):
        found += part if type(part) is tuple else [part]
    return found


def touched(value: Any, found: list[tuple[Any, bool]], depth: int = 4, deep: int = 0) -> None:
    """Collect into `found` what using `value` in C would touch, each with whether it is changed.

    With `deep` also what is inside containers; if it is 2, also instances, whose attributes are read.
    """
    kind = type(value)
    if kind in PLAIN or kind in (_FUNCTION, _METHOD, type):
        return
    if kind in _EXACT_CONTAINERS or is_container(type(value)):
        found.append((value, False))
        if deep and depth and len(value) <= MOST_PARTS:
            for part in list(value.values() if issubclass(kind, (dict, collections.UserDict)) else value):
                touched(part, found, depth - 1, deep)
    elif kind is tuple:
        if deep and depth:
            for part in value:
                touched(part, found, depth - 1, deep)
    elif kind in _GENERATORS:
        found.append((value.gi_frame or value, True))
    elif kind in ITERATORS or kind in _VIEWS:
        if kind in ITERATORS:
            found.append((value, True))
        if depth:
            parts = _parts(value)
            if kind in _CALLING:
                deep = 2 if any(type(part) in _GETTERS for part in parts) else max(deep, 1)
            for part in parts:
                if type(part) is _BUILTIN and is_container(type(part.__self__)):
                    found.append((part.__self__, part.__name__ not in _READ and part.__name__ not in _ITEM_READ))
                else:
                    touched(part, found, depth - 1, deep)
    elif deep == 2 and hasattr(kind, "__dict__") and not issubclass(kind, (type, types.ModuleType)):
        found.append((value, False))
        space = getattr(value, "__dict__", None)
        if depth and type(space) is dict:
            for part in list(space.values()):
                touched(part, found, depth - 1, deep)


_kinds: dict[tuple[type, str], Any] = {}
_SKIP, _INSTANCE, _CACHED, _ABSENT = "skip", "instance", "cached", "absent"
_ACTIVE = (types.FunctionType, classmethod, staticmethod, property, type, types.BuiltinFunctionType, *_DESCRIPTORS)
_SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType)


def forget_classes() -> None:
    """Drop what was learned about classes: their attributes may have changed since."""
    _kinds.clear()


def attribute_kind(cls: type, name: str) -> Any:
    """How instances of `cls` answer to `name`: the class that holds it, or one of four words.

    _SKIP: code, not state; _INSTANCE: a slot; _CACHED: a cached property; _ABSENT: no class knows it.
    """
    key = (cls, name)
    kind = _kinds.get(key)
    if kind is None:
        kind = _ABSENT
        for klass in cls.__mro__:
            if name in klass.__dict__:
                value = klass.__dict__[name]
                if isinstance(value, types.MemberDescriptorType):
                    kind = _INSTANCE
                elif isinstance(value, functools.cached_property):
                    kind = _CACHED if sys.version_info >= (3, 12) else _SKIP  # it has no lock any more
                elif isinstance(value, _ACTIVE):
                    kind = _SKIP
                elif hasattr(type(value), "__get__"):
                    lazy = type(type(value).__get__) is _FUNCTION and not hasattr(type(value), "__set__")
                    kind = _INSTANCE if lazy else _SKIP  # the instance's own attribute goes before a lazy one
                else:
                    kind = klass
                break
        _kinds[key] = kind
    return kind


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
        *_EXACT_CONTAINERS,
    }
)


def alias(rt: Any, obj: Any) -> None:
    """The instance's dictionary is about to be used as one: its items are the instance's attributes."""
    try:
        space = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return
    if type(space) is dict:
        rt.aliases[id(space)] = rt.aliases.get(id(obj), obj)
        rt.keep.append(space)


def swap(rt: Any, obj: Any, space: dict[str, Any]) -> None:
    """The instance is given another dictionary, maybe one that is another instance's already."""
    first = rt.aliases.get(id(space), obj)
    rt.aliases[id(space)] = rt.aliases[id(obj)] = first
    rt.keep += obj, space


class Site:
    """One woven instruction. `visible` means: a switch is possible before it."""

    __slots__ = ("file", "line", "function", "name", "visible", "globals", "action")
    ACTION = "read"

    def __init__(self, file: str, line: int, function: str, name: str, globals_: dict[str, Any] | None) -> None:
        self.file = file
        self.line = line
        self.function = function
        self.name = name
        self.globals = globals_
        self.visible = False
        self.action = self.ACTION

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.function}:{self.line}>"

    def use(self, rt: Any, value: Any, deep: int = 0, write: bool = False) -> None:
        """C code is about to use `value`."""
        found: list[tuple[Any, bool]] = []
        touched(value, found, deep=deep)
        for obj, changes in found:
            if type(obj) is types.FrameType:
                self.resume(rt, obj)
            else:
                rt.touch(self, obj, ALL, write or changes)
        rt.steps -= max(0, len(found) - 1)  # several places, but one instruction of the budget

    def resume(self, rt: Any, frame: types.FrameType) -> None:
        """A generator goes on, which changes it. One made in this round of a loop, as in ``while any(… for …)``,
        makes no difference to the next round."""
        task = rt.task
        changed, alone = task.changed, rt.alone
        rt.touch(self, frame, ALL, True)
        if id(frame) not in task.old:
            task.young.add(id(frame))
            task.changed = changed
            if not alone:
                rt.version -= 1

    def taking(self, rt: Any, values: tuple[Any, ...]) -> None:
        """C code that changes a container takes the items from `values`: one step here, more with a generator."""
        if self.visible and any(type(value) in _GENERATORS for value in values):
            rt.doubt("a generator is run while its items go into what threads share")

    def classes(self, rt: Any, cls: type, name: str) -> bool:
        """`name` is looked for in a class and its bases; each that is asked could be given it. True if found."""
        for klass in cls.__mro__:
            if klass is object or klass is type:
                break
            rt.touch(self, klass, name, False)
            if name in klass.__dict__:
                return True
        return False

    def static(self, rt: Any, obj: Any, name: str) -> None:
        """An attribute of a class or a module is read."""
        if issubclass(type(obj), type):
            if not self.classes(rt, obj, name) and type(obj) is not type:
                self.classes(rt, type(obj), name)
        else:
            space = obj.__dict__
            active = issubclass(type(space.get(name)), (*_ACTIVE, types.ModuleType))
            if name in space and not active and (rt.is_learners(space) or space.get("__spec__") is None):
                rt.touch(self, space, name, False)


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
            self.static(rt, obj, self.name)
            return
        if self.name == "__dict__":
            alias(rt, obj)
            return
        kind = attribute_kind(cls, self.name)
        if kind is _SKIP:
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
        if kind is not _INSTANCE and (kind is not _ABSENT or not _in_dictionary(obj, self.name)):
            self.classes(rt, cls, self.name)
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


def _in_dictionary(obj: Any, name: str) -> bool:
    try:
        return name in object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return False


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
            forget_classes()
        elif issubclass(type(obj), types.ModuleType):
            obj = obj.__dict__
        elif self.name == "__class__":
            rt.doubt("an object is given another class")
        elif self.name == "__dict__" and type(value) is dict:
            rt.touch(self, obj, ALL, True, value)
            swap(rt, obj, value)
            return
        elif attribute_kind(cls, self.name) is _SKIP:
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

    def __matmul__(self, obj: Any) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        rt.touch(self, obj.__dict__ if issubclass(type(obj), types.ModuleType) else obj, self.name, True)


class LoadGlobal(Site):
    __slots__ = ()

    def __matmul__(self, _: None) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        rt.touch(self, self.globals, self.name, False)


class StoreGlobal(Site):
    __slots__ = ()
    ACTION = "write"

    def __matmul__(self, value: Any) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        rt.touch(self, self.globals, self.name, True, value)


class LoadCell(Site):
    __slots__ = ()

    def __matmul__(self, cell: Any) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        rt.touch(self, cell, ALL, False)


class StoreCell(Site):
    __slots__ = ()
    ACTION = "write"

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        value, cell = pair
        rt.touch(self, cell, ALL, True, value)


def _place(container: Any, key: Any) -> Any:
    """The item that `container[key]` is, or None if the container is not one whose state we track."""
    if issubclass(type(container), dict):
        return item_of(key)
    if type(key) is int and issubclass(type(container), _SEQUENCES):
        if key < 0:
            key += len(container)
        return key
    return ALL


class LoadItem(Site):
    __slots__ = ()

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        container, key = pair
        cls = type(container)
        if cls in _EXACT_CONTAINERS or is_container(type(container)):
            if issubclass(type(container), collections.defaultdict) and not dict.__contains__(container, key):
                self.missing(rt, container, key)
            else:
                rt.touch(self, container, _place(container, key), False)
        elif cls in _VIEWS:
            self.use(rt, container)
        elif rt.ended:
            rt.unwind()

    def missing(self, rt: Any, container: Any, key: Any) -> None:
        """A defaultdict calls its factory and then stores the value: two steps, if the factory is Python code."""
        factory = container.default_factory
        item = _place(container, key)
        if _is_one_step(factory):
            rt.touch(self, container, item, True)
            return
        rt.touch(self, container, item, False)
        if not dict.__contains__(container, key):
            value = factory()
            rt.touch(self, container, item, True)
            dict.__setitem__(container, key, value)


def _is_one_step(factory: Any) -> bool:
    """Whether calling it runs no Python code."""
    if isinstance(factory, type):
        return not any(type(getattr(factory, name)) is _FUNCTION for name in ("__new__", "__init__"))
    if type(factory) is functools.partial:
        return _is_one_step(factory.func)
    return type(factory) is _BUILTIN or type(factory) in _WRAPPERS or getattr(factory, "one_step", False)


class StoreItem(Site):
    __slots__ = ()
    ACTION = "write"

    def __matmul__(self, triple: tuple[Any, Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        value, container, key = triple
        if is_container(type(container)):
            rt.touch(self, container, _place(container, key), True, value)


class DeleteItem(Site):
    __slots__ = ()
    ACTION = "write"

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
        if cls in _EXACT_CONTAINERS and not deep:
            rt.touch(self, value, ALL, False)
            return
        if cls in ITERATORS:
            # An iterator that a loop makes for itself is nobody else's: only one that was there before is noted.
            if name == "get_iter":
                rt.iterators.add(id(value))
                rt.keep.append(value)
                return
            if name == "for_iter" and id(value) not in rt.iterators:
                for part in _parts(value):
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
            self.use(rt, container)


class Operate(Site):
    """A binary or in-place operator; `name` is "in-place" where the left operand may be changed."""

    __slots__ = ()
    ACTION = "call"

    def __matmul__(self, pair: tuple[Any, Any]) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
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
            if type(side) in _VIEWS:
                self.use(rt, side)
        if is_container(type(right)):
            rt.touch(self, right, ALL, False)


class BackEdge(Site):
    """The end of a round of a loop: where budgets are counted and spinning is noticed."""

    __slots__ = ()
    ACTION = "loop"

    def __matmul__(self, _: None) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        rt.rounds.end(self)


class Leave(Site):
    """A generator is about to give a value or to end: until then nobody else may enter it."""

    __slots__ = ()
    ACTION = "write"

    def __matmul__(self, _: None) -> None:
        rt = current.runtime
        if rt is None or get_ident() != rt.running:
            return
        self.resume(rt, sys._getframe(1))


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
        if kind is _FUNCTION:
            if id(callee.__code__) not in rt.woven:
                if callee.__module__ not in _KNOWN_MODULES:
                    rt.task.changed = True  # as with C code that has a state of its own
                if len(call) > 1:
                    self.arguments(rt, call, 1, False, deep=2 if callee.__module__ in _READING_MODULES else 1)
            return
        if kind is _METHOD:
            if id(getattr(callee.__func__, "__code__", None)) not in rt.woven:
                owner = callee.__self__
                if getattr(callee.__func__, "__module__", "") not in _KNOWN_MODULES:
                    rt.task.changed = True
                if is_container(type(owner)):  # a method in Python of a container class of the library
                    rt.touch(self, owner, ALL, callee.__name__ not in _READ)
                elif type(owner) in ITERATORS:
                    self.use(rt, owner)
                self.arguments(rt, call, 1, False, deep=1)
            return
        if kind is _BUILTIN or kind in _WRAPPERS:
            self.builtin(rt, callee, call)
        elif kind is type:
            if len(call) > 1:
                self.arguments(rt, call, 1, False, deep=int(callee is str))
        elif kind in _DESCRIPTORS:
            if len(call) > 1:
                self.method(rt, call[1], callee.__name__, call[2:])
        elif kind.__name__ == "_lru_cache_wrapper":
            if not rt.alone:
                rt.doubt("functools.lru_cache looks, computes and stores in C")
        elif kind in _GETTERS:
            for argument in call[1:2]:
                if type(argument) not in PLAIN:
                    rt.touch(self, argument, ALL, kind is operator.methodcaller)
        elif kind.__name__ == "partial":
            self @ (callee.func, *callee.args, *call[1:])

    def arguments(self, rt: Any, call: tuple[Any, ...], start: int, write: bool, deep: int = 0) -> None:
        for argument in call[start:]:
            kind = type(argument)
            if kind not in PLAIN and kind is not _FUNCTION:
                self.use(rt, argument, deep, write)

    def builtin(self, rt: Any, callee: Any, call: tuple[Any, ...]) -> None:
        owner = callee.__self__
        if owner is None or issubclass(type(owner), types.ModuleType):
            name = callee.__name__
            if name in ("setattr", "getattr", "hasattr", "delattr") and len(call) > 2 and type(call[2]) is str:
                self.attribute(rt, call[1], call[2], name in ("setattr", "delattr"))
            elif name in ("next", "anext"):
                if len(call) > 1 and type(call[1]) not in _GENERATORS:
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
                self.arguments(rt, call, 1, module in _WRITING_MODULES, deep)
        elif issubclass(type(owner), type):
            self.arguments(rt, call, 1, False)
        else:
            if callee.__name__ == "sort":
                self.asking(rt, "sort", call)
            self.method(rt, owner, callee.__name__, call[1:])

    def asking(self, rt: Any, name: str, call: tuple[Any, ...]) -> None:
        """C code that asks a key function between its looks at a container: one step here, more in truth."""
        for part in call[1:]:
            if type(part) is _BUILTIN and is_container(type(part.__self__)):  # max(names, key=votes.get)
                self.method(rt, part.__self__, part.__name__, ())
        if self.visible and any(type(part) in (_FUNCTION, _METHOD) for part in call[1:]):
            rt.doubt(f"{name}() calls code between its looks at what threads share")

    def attribute(self, rt: Any, obj: Any, name: str, write: bool) -> None:
        if issubclass(type(obj), type) and not write:
            self.static(rt, obj, name)
            return
        if issubclass(type(obj), types.ModuleType):
            obj = obj.__dict__
        if issubclass(type(obj), dict) or attribute_kind(type(obj), name) is not _SKIP:
            if not write and not issubclass(type(obj), dict) and not _in_dictionary(obj, name):
                self.classes(rt, type(obj), name)
            rt.touch(self, obj, name, write)

    def method(self, rt: Any, owner: Any, name: str, args: tuple[Any, ...]) -> None:
        """A method in C of `owner`."""
        if is_container(type(owner)):
            if name in _NO_ACCESS:
                pass
            elif issubclass(type(owner), dict) and args and name in _ITEM_READ:
                rt.touch(self, owner, item_of(args[0]), False)
            elif issubclass(type(owner), dict) and args and (name in _ITEM_WRITE or name == "pop"):
                item = item_of(args[0])
                there = item is not ALL and dict.__contains__(owner, item)
                changes = item is ALL or name == "__setitem__" or there == (name in ("pop", "__delitem__"))
                rt.touch(self, owner, item, changes)
            elif name in _ITEM_READ or name in _READ or (name in _TAKING and not len(owner)):
                rt.touch(self, owner, ALL, False)
            else:
                rt.touch(self, owner, ALL, True)
                self.taking(rt, args)
            self.arguments(rt, args, 0, False)
        elif type(owner) in _GENERATORS:
            rt.touch(self, owner.gi_frame or owner, ALL, True)
        elif type(owner) in ITERATORS or name == "__next__":
            rt.touch(self, owner, ALL, True)
            self.arguments(rt, (owner,), 0, False)
        elif name in ("__setattr__", "__delattr__", "__getattribute__") and args and type(args[0]) is str:
            rt.touch(self, owner, args[0], name != "__getattribute__")
        elif type(owner) is str:
            self.arguments(rt, args, 0, False)
        elif type(owner) in _STREAMS:
            rt.touch(self, owner, ALL, name not in ("getvalue", "tell", "closed"))
        else:
            rt.task.changed = True  # hidden state of C code: a loop that calls it is not known to be idle


class CallStar(Call):
    """f(*args, **kwargs): the arguments come as one tuple or iterable."""

    __slots__ = ()

    def __matmul__(self, call: tuple[Any, ...]) -> None:
        callee, arguments = call
        rt = current.runtime
        if rt is not None and get_ident() == rt.running:
            self.arguments(rt, (arguments,), 0, False)
        if type(arguments) is tuple:
            super().__matmul__((callee, *arguments[:MOST_ARGUMENTS]))
        else:
            super().__matmul__((callee, arguments))


def _engine_site(name: str, action: str) -> Site:
    site = Site("", 0, "", name, None)
    site.action = action
    return site


#: The table of living threads, which threading.enumerate() and active_count() read.
THREADS = types.SimpleNamespace()
STARTS = _engine_site("start", "write")
ENDS = _engine_site("end", "write")
LISTS = _engine_site("enumerate", "read")
#: The numbers that id() gives.
IDS = types.SimpleNamespace()
IDS_SITE = _engine_site("id", "read")
#: The scenario's result is read when it returns.
RESULT = _engine_site("result", "read")
ENGINE_SITES = (STARTS, ENDS, LISTS, IDS_SITE, RESULT)
