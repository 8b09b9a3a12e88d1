"""What a reader calls the objects of an execution: by the variable, attribute or item that they are in."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from .contents import ALL
from .owning import is_learner_code
from .primitives import ControlledLock, ControlledRLock, ControlledSimpleQueue

if TYPE_CHECKING:
    from .runtime import Runtime

_PLAIN = (int, float, str, bool, bytes, type(None))
_CLASSES: dict[type, str] = {ControlledLock: "Lock", ControlledRLock: "RLock", ControlledSimpleQueue: "SimpleQueue"}
#: Whose objects are called by the variable they are in; those of other classes by their class.
_LIBRARY = frozenset("builtins collections array _thread threading queue _queue".split()) | {
    "concurrent.futures._base",
    "concurrent.futures.thread",
}
#: Containers with more parts than this are not searched, nor shown.
_MOST_PARTS = 16
#: A name that was not found so often is not there.
_MOST_SEARCHES = 5


class Place(NamedTuple):
    """A location: an object's attribute or item, or the object as a whole."""

    obj: Any
    item: Any
    name: str  # the variable or attribute in the code; "[]" for an item


def class_name(cls: type) -> str:
    """What a reader calls the class."""
    return _CLASSES.get(cls, cls.__name__)


def short(value: Any, depth: int = 2) -> str:
    """A short repr of plain built-in data; only the type's name for anything else, whose repr might run code."""
    kind = type(value)
    if kind in _PLAIN:
        text = repr(value)
    elif depth and kind in (list, tuple, set, frozenset, deque) and len(value) <= 6:
        inner = ", ".join(short(part, depth - 1) for part in value)
        if kind is tuple:
            text = f"({inner},)" if len(value) == 1 else f"({inner})"
        elif kind is set:
            text = f"{{{inner}}}" if value else "set()"
        else:
            text = f"[{inner}]" if kind is list else f"{kind.__name__}([{inner}])"
    elif depth and kind is dict and len(value) <= 6:
        text = "{" + ", ".join(f"{short(k, depth - 1)}: {short(v, depth - 1)}" for k, v in value.items()) + "}"
    elif kind is bytearray and len(value) <= 6:
        text = repr(value)
    else:
        text = class_name(kind)
    return text if len(text) <= 40 else text[:37] + "..."


class Names:
    """The names of one execution's objects. Two different objects never have the same one."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.known: dict[int, tuple[Any, str]] = {}  # id -> (class and number of its owner, or None; its name there)
        self.numbers: dict[int, tuple[type, int]] = {}
        self.counts: dict[type, int] = {}
        self.searched: dict[int, int] = {}  # id -> how often a name was looked for
        self.taken: dict[str, list[int]] = {}  # text -> ids of those who are called so

    def named(self, obj: Any, item: Any, value: Any) -> None:
        """`value` is stored in the attribute, variable or item `item` of `obj`: it can be called by that name."""
        if type(value) in _PLAIN or not isinstance(item, str) or isinstance(obj, dict):
            return
        owner: Any = obj.__name__ if isinstance(obj, type) else self.number(obj)
        self.name(value, owner, item)
        for part, place in _parts(value):
            self.name(part, owner, f"{item}{place}")

    def name(self, value: Any, owner: Any, name: str) -> None:
        if type(value) not in _PLAIN and id(value) not in self.known:
            self.known[id(value)] = (owner, name)
            self.rt.keep.append(value)

    def number(self, obj: Any) -> tuple[type, int]:
        """The how-manieth object of its class this is."""
        known = self.numbers.get(id(obj))
        if known is None:
            cls = type(obj)
            self.counts[cls] = self.counts.get(cls, 0) + 1
            self.numbers[id(obj)] = known = (cls, self.counts[cls])
            self.rt.keep.append(obj)
        return known

    # -- finding a name -----------------------------------------------------------------------------------------

    def find(self, obj: Any, frame: FrameType | None) -> None:
        """Look for a name of `obj`: in the scenario's variables, then in those around `frame`."""
        if type(obj) in _PLAIN or isinstance(obj, type) or type(obj).__module__ not in _LIBRARY:
            return
        if id(obj) in self.known or id(obj) in self.rt.world.names:
            return
        self.searched[id(obj)] = tries = self.searched.get(id(obj), 0) + 1
        if tries > _MOST_SEARCHES:
            return
        for scope in self.scopes(frame):
            for name, value in scope.items():
                if _is(value, obj):
                    self.name(obj, None, name)
                    return
            for name, value in scope.items():
                for part, place in _parts(value):
                    if part is obj:
                        self.name(obj, None, f"{name}{place}")
                        return
                space = _attributes(value)
                for attribute, part in space.items():
                    if _is(part, obj):
                        self.name(obj, self.number(value), attribute)
                        return
                    for inner, place in _parts(part):
                        if inner is obj:
                            self.name(obj, self.number(value), f"{attribute}{place}")
                            return

    def scopes(self, frame: FrameType | None) -> Iterator[dict[str, Any]]:
        """Local variables: the scenario's, then those of `frame` and of who called it."""
        main = self.rt.tasks[1]
        here = main is self.rt.task
        outermost = self.learners(sys._getframe(1) if here else sys._current_frames().get(main.os_ident))
        if outermost:
            yield outermost[-1].f_locals
        for inner in self.learners(frame):
            yield inner.f_locals

    def learners(self, frame: FrameType | None) -> list[FrameType]:
        found = []
        while frame is not None:
            if is_learner_code(frame.f_code):
                found.append(frame)
            frame = frame.f_back
        return found

    # -- the text -----------------------------------------------------------------------------------------------

    def text(self, target: Any) -> str:
        """What a reader calls a target: a place, an object, or a text as it is."""
        if isinstance(target, str):
            return target
        if not isinstance(target, Place):
            return self.label(target)
        obj, item, name = target
        kind = type(obj).__name__
        if kind == "frame":
            return "the generator"
        if kind == "cell" or (isinstance(obj, dict) and isinstance(item, str) and name == item):
            return name
        if item is ALL:
            return self.label(obj)
        if name == "[]" or isinstance(obj, (dict, list, deque, bytearray)):
            return f"{self.label(obj)}[{short(item)}]"
        return f"{self.label(obj)}.{item}"

    def label(self, obj: Any) -> str:
        known = self.known.get(id(obj)) or self.rt.world.names.get(id(obj))
        if known is None:
            if obj is None:
                return ""
            return obj.__name__ if isinstance(obj, type) else self.numbered(*self.number(obj))
        owner, name = known
        text = str(name) if owner is None else f"{owner if isinstance(owner, str) else self.numbered(*owner)}.{name}"
        called = self.taken.setdefault(text, [])
        if id(obj) not in called:
            called.append(id(obj))
        return text if len(called) == 1 else f"{text}#{called.index(id(obj)) + 1}"

    def numbered(self, cls: type, n: int) -> str:
        name = class_name(cls)
        return f"{name}#{n}" if self.counts.get(cls, 0) > 1 else name


def _parts(value: Any) -> list[tuple[Any, str]]:
    """What is in a small built-in container, and where in it."""
    if type(value) in (list, tuple) and len(value) <= _MOST_PARTS:
        return [(part, f"[{place}]") for place, part in enumerate(value)]
    if type(value) is dict and len(value) <= _MOST_PARTS:
        return [(part, f"[{short(key)}]") for key, part in value.items()]
    return []


def _is(value: Any, obj: Any) -> bool:
    """Whether `value` is the object, or the condition whose lock it is: a reader knows only the condition."""
    return value is obj or (type(value) is threading.Condition and value.__dict__.get("_lock") is obj)


def _attributes(value: Any) -> dict[str, Any]:
    """The instance's own attributes, found without running any code of its class."""
    if type(value) in _PLAIN or isinstance(value, (type, threading.Condition)):
        return {}
    try:
        space = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return space if type(space) is dict else {}
