"""What values hold that threads could share: which parts of them C code looks at, and which it changes.

A *location* is a pair (base, item): the id of an object, and an attribute name, a key, an index, or ALL for the
object as a whole. Calls into C on built-in containers are atomic in CPython and so are one access to that container.
"""

from __future__ import annotations

import array
import builtins
import collections
import gc
import itertools
import operator
import types
import weakref
from collections.abc import Callable
from typing import Any

from .iterators import ITERATORS


class _All:
    """The object as a whole: conflicts with every item of it."""

    def __repr__(self) -> str:
        return "*"


ALL = _All()
#: The order of a dictionary's keys: two new ones stand in another order if they come the other way round.
ORDER = ("the order of the keys",)

#: What an operation on (container, item) would touch now: items, each with whether it is written, first the one meant.
Effect = Callable[[Any, Any], tuple[tuple[Any, bool], ...]]

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
EXACT_CONTAINERS = frozenset({*CONTAINERS, collections.OrderedDict, collections.defaultdict, collections.Counter})
_TABLES: tuple[Any, ...] = ({}, collections.OrderedDict())
VIEWS: tuple[type, ...] = (
    *(type(view) for table in _TABLES for view in (table.keys(), table.values(), table.items())),
    types.MappingProxyType,
)
GENERATORS = (types.GeneratorType,)

#: Iterators that call what they were given, which may look into the parts.
_CALLING = frozenset({map, filter, itertools.starmap, itertools.chain, itertools.accumulate})
GETTERS = (operator.itemgetter, operator.attrgetter, operator.methodcaller)

BUILTIN = types.BuiltinFunctionType
METHOD = types.MethodType
FUNCTION = types.FunctionType
WRAPPERS = (types.MethodWrapperType, types.BuiltinMethodType)
DESCRIPTORS = (types.MethodDescriptorType, types.WrapperDescriptorType, types.ClassMethodDescriptorType)

# Methods of built-in containers: which touch one item (given by their first argument), which only read.
ITEM_READ = frozenset({"get", "__getitem__", "__contains__"})
READ = frozenset(
    "keys values items copy __len__ __iter__ __reversed__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ index count "
    "__add__ __or__ __and__ __sub__ __xor__ __repr__ __str__ __format__ union intersection difference "
    "symmetric_difference issubset issuperset isdisjoint most_common elements total find decode hex startswith "
    "endswith join split __init_subclass__ __sizeof__ __class__ tolist tobytes __bool__ __reduce__ __reduce_ex__ "
    "__copy__ __mul__ __rmul__ __hash__ __ror__".split()
)

#: Tables that cannot be changed (3.15); what they hold can.
FROZEN: tuple[Any, ...] = (builtins.frozendict,) if hasattr(builtins, "frozendict") else ()

#: A container with more parts than this is not searched for others inside.
MOST_PARTS = 200


def item_of(key: Any) -> Any:
    """The item of a dict that `key` names, or ALL if comparing keys could run code we do not know."""
    kind = type(key)
    if kind in PLAIN:
        return key
    if kind is tuple and all(type(part) in PLAIN for part in key):
        return key
    return ALL


_container: dict[type, bool] = {}
_foreign: set[type] = set()


def is_container(cls: type) -> bool:
    """Whether objects of the class are containers whose state we track. Remembered: asking takes long."""
    known = _container.get(cls)
    if known is None:
        known = issubclass(cls, CONTAINERS)
        if not known and cls is not memoryview and type(getattr(cls, "__setitem__", None)) in DESCRIPTORS:
            known = True  # arrays of numpy and ctypes, mmap
            _foreign.add(cls)
        _container[cls] = known
    return known


def forget_containers() -> None:
    """Drop what is remembered: it would keep classes alive that executions have made, and all that they refer to."""
    _container.clear()
    _foreign.clear()


def is_foreign(cls: type) -> bool:
    """Whether they are containers of a library in C that is not Python's own: nothing is known but that they hold."""
    return is_container(cls) and cls in _foreign


def place(container: Any, key: Any) -> Any:
    """The item that `container[key]` is, or None if the container is not one whose state we track."""
    if issubclass(type(container), dict):
        return item_of(key)
    if type(key) is int and key >= 0 and issubclass(type(container), _SEQUENCES):
        return key
    return ALL


def storing(container: dict[Any, Any], item: Any) -> tuple[tuple[Any, bool], ...]:
    """The effect of `d[key] = value`."""
    if item is ALL or dict.__contains__(container, item):
        return ((item, True),)
    return (item, True), (ORDER, True)


def adding(container: dict[Any, Any], item: Any) -> tuple[tuple[Any, bool], ...]:
    """The effect of `d.setdefault(key, value)`, and of a look into a defaultdict."""
    if item is ALL:
        return ((ALL, True),)
    if dict.__contains__(container, item):
        return ((item, False),)
    return (item, True), (ORDER, True)


def removing(container: dict[Any, Any], item: Any) -> tuple[tuple[Any, bool], ...]:
    """The effect of `d.pop(key, None)`."""
    return ((item, item is ALL or dict.__contains__(container, item)),)


def taking(container: Any, item: Any) -> tuple[tuple[Any, bool], ...]:
    """The effect of `pop()` and `clear()`, which change nothing where there is nothing."""
    kinds: tuple[Any, ...] = (*_SEQUENCES, dict, set)
    sizes = [kind.__len__(container) for kind in kinds if isinstance(container, kind)]
    return ((ALL, sizes != [0]),)


def parts_of(iterator: Any) -> list[Any]:
    """What an iterator or a view walks over, and what it calls."""
    found: list[Any] = []
    for part in gc.get_referents(iterator):
        # not by going over the tuple: that of a zip_longest has holes where an iterator has ended
        found += gc.get_referents(part) if type(part) is tuple else [part]
    return found


def touched(value: Any, found: list[tuple[Any, bool]], depth: int = 4, deep: int = 0) -> None:
    """Collect into `found` what using `value` in C would touch, each with whether it is changed.

    With `deep` also what is inside containers; if it is 2, also instances, whose attributes are read.
    """
    kind = type(value)
    if kind in PLAIN or kind in (FUNCTION, METHOD, type):
        return
    if kind in EXACT_CONTAINERS or is_container(type(value)):
        found.append((value, False))
        if deep and depth and kind not in _foreign and len(value) <= MOST_PARTS:
            for part in list(value.values() if issubclass(kind, (dict, collections.UserDict)) else value):
                touched(part, found, depth - 1, deep)
    elif kind is tuple:
        if deep and depth:
            for part in value:
                touched(part, found, depth - 1, deep)
    elif FROZEN and issubclass(kind, FROZEN):
        if deep and depth:
            for part in value.values():
                touched(part, found, depth - 1, deep)
    elif kind in GENERATORS:
        found.append((value, True))
    elif kind in ITERATORS or kind in VIEWS:
        if kind in ITERATORS:
            found.append((value, True))
        if depth:
            parts = parts_of(value)
            if kind in _CALLING:
                deep = 2 if any(type(part) in GETTERS for part in parts) else max(deep, 1)
            for part in parts:
                if type(part) is BUILTIN and is_container(type(part.__self__)):
                    found.append((part.__self__, part.__name__ not in READ and part.__name__ not in ITEM_READ))
                else:
                    touched(part, found, depth - 1, deep)
    elif kind is memoryview:
        touched(value.obj, found, 0)
    elif deep == 2 and hasattr(kind, "__dict__") and not issubclass(kind, (type, types.ModuleType)):
        found.append((value, False))
        space = getattr(value, "__dict__", None)
        if depth and type(space) is dict:
            for part in list(space.values()):
                touched(part, found, depth - 1, deep)
