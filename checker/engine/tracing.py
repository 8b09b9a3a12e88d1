"""Turns one replayed execution into steps that a reader understands: lines, values, lock holders, names."""

from __future__ import annotations

import linecache
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING, Any

from ..outcomes import Step, Stuck
from .primitives import ControlledLock, ControlledRLock, ControlledSimpleQueue
from .sites import ALL, Site
from .tasks import ACQUIRE, GET, JOIN, SLEEP, SPIN, Task

if TYPE_CHECKING:
    from .runtime import Runtime

MOST_STEPS = 2_000
_HERE = __file__.rsplit("/", 1)[0]
_OURS = (_HERE, _HERE.removesuffix("engine") + "search")  # a policy may look at the threads while it chooses
_BLOCKS = {"__enter__": "acquire", "_acquire_restore": "wait"}
_SHOWN = (int, float, str, bool, bytes, type(None))


_NAMES: dict[type, str] = {ControlledLock: "Lock", ControlledRLock: "RLock", ControlledSimpleQueue: "SimpleQueue"}


def class_name(cls: type) -> str:
    """What a reader calls the class."""
    return _NAMES.get(cls, cls.__name__)


def short(value: Any, depth: int = 2) -> str:
    """A short repr of plain built-in data; only the type's name for anything else, whose repr might run code."""
    kind = type(value)
    if kind in _SHOWN:
        text = repr(value)
    elif depth and kind in (list, tuple, set, frozenset) and len(value) <= 6:
        inner = ", ".join(short(part, depth - 1) for part in value)
        text = f"[{inner}]" if kind is list else f"({inner})" if kind is tuple else f"{{{inner}}}"
    elif depth and kind is dict and len(value) <= 6:
        text = "{" + ", ".join(f"{short(k, depth - 1)}: {short(v, depth - 1)}" for k, v in value.items()) + "}"
    else:
        text = class_name(kind)
    return text if len(text) <= 40 else text[:37] + "..."


class Tracer:
    """Records the steps of the running execution. Names are worked out at the end, when all are known."""

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.raw: list[tuple[Any, ...]] = []
        self.names: dict[int, tuple[Any, Any]] = {}  # id -> (owner's class and number, or None; attribute or variable)
        self.numbers: dict[int, tuple[type, int]] = {}
        self.counts: dict[type, int] = {}
        self.previous: Task | None = None
        self.dropped = 0

    # -- names --------------------------------------------------------------------------------------------------

    def number(self, obj: Any) -> tuple[type, int]:
        """The how-manieth object of its class this is."""
        known = self.numbers.get(id(obj))
        if known is None:
            cls = type(obj)
            self.counts[cls] = self.counts.get(cls, 0) + 1
            self.numbers[id(obj)] = known = (cls, self.counts[cls])
            self.rt.keep.append(obj)
        return known

    def named(self, obj: Any, item: Any, value: Any) -> None:
        """`value` is stored in the attribute, variable or item `item` of `obj`: it can be called by that name."""
        if type(value) in _SHOWN or id(value) in self.names:
            return
        if isinstance(item, str) and not isinstance(obj, dict):
            owner = obj.__name__ if isinstance(obj, type) else self.number(obj)
            self.names[id(value)] = (owner, item)
            self.rt.keep.append(value)

    def label(self, obj: Any) -> str:
        known = self.names.get(id(obj)) or self.rt.world.names.get(id(obj))
        if known is None:
            if isinstance(obj, type):
                return obj.__name__
            cls, n = self.number(obj)
            return self.numbered(cls, n)
        owner, name = known
        if owner is None:
            return str(name)
        if isinstance(owner, str):
            return f"{owner}.{name}"
        return f"{self.numbered(*owner)}.{name}"

    def numbered(self, cls: type, n: int) -> str:
        name = class_name(cls)
        return f"{name}#{n}" if self.counts.get(cls, 0) > 1 else name

    # -- frames -------------------------------------------------------------------------------------------------

    def learner_frame(self, frame: FrameType | None) -> tuple[FrameType | None, FrameType | None]:
        """The innermost frame of the learner's, and the frame it called (of the library), if any."""
        called = None
        while frame is not None:
            if self.rt.world.is_learner_code(frame.f_code):
                return frame, called
            if not frame.f_code.co_filename.startswith(_OURS):
                called = frame
            frame = frame.f_back
        return None, called

    def lock_label(self, lock: Any, frame: FrameType | None, called: FrameType | None) -> None:
        """Find a name for a lock that has none yet: the variable it is in, or the library object it belongs to."""
        if id(lock) in self.names or id(lock) in self.rt.world.names:
            return
        if called is not None and "self" in called.f_locals:
            outer = called.f_locals["self"]
            if id(outer) not in self.names and frame is not None:
                for name, value in frame.f_locals.items():
                    if value is outer:
                        self.names[id(outer)] = (None, name)
            self.names[id(lock)] = (None, _Lazy(self, outer))
            self.rt.keep.append(outer)
        elif frame is not None:
            for name, value in frame.f_locals.items():
                if value is lock:
                    self.names[id(lock)] = (None, name)

    # -- recording ----------------------------------------------------------------------------------------------

    def access(self, site: Site, obj: Any, item: Any, write: bool, value: Any) -> None:
        if write:
            self.named(obj, item, value)
        task = self.rt.task
        if not site.visible:
            return
        shown = ""
        if write and site.action == "write":
            shown = short(value)
        elif not write and item is not ALL:
            try:
                if isinstance(obj, dict):
                    current = dict.get(obj, item)
                elif isinstance(obj, list):
                    current = obj[item]
                else:
                    current = object.__getattribute__(obj, item)
                    self.named(obj, item, current)
                shown = short(current)
            except Exception:
                shown = ""
        elif type(obj).__name__ == "cell" and not write:
            try:
                shown = short(obj.cell_contents)
            except ValueError:
                shown = ""
        elif site.action != "write":
            shown = short(obj)
        self.append(task, site.action, (obj, item, site.name), shown, site.file, site.line, site.function)

    def record(self, action: str, target: Any, value: str = "", lock: bool = False) -> None:
        task = self.rt.task
        frame, called = self.learner_frame(sys._getframe(1))
        if lock:
            condition = _waited_on(sys._getframe(1), target)
            if condition is not None:
                if action == "acquire" and not target.inner:
                    target.inner = True  # just made by wait(), and locked for the first time
                    return
                action = {"acquire": "woken", "release": "notify"}.get(action, action)
                target = condition
            self.lock_label(target, frame, called)
        if frame is None:
            self.append(task, action, target, value, "", 0, "")
        else:
            self.append(task, action, target, value, frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)

    def append(self, task: Task, action: str, target: Any, value: str, file: str, line: int, function: str) -> None:
        if len(self.raw) >= MOST_STEPS:
            self.dropped += 1
            return
        rt = self.rt
        switched = self.previous is not None and task is not self.previous
        preempted = bool(switched and rt.switches and rt.switches[-1][3] and rt.switches[-1][2] == task.index)
        self.previous = task
        self.raw.append(
            (task, action, target, value, file, line, function, tuple(task.held), rt.now, switched, preempted)
        )

    def last(self, outcome: str) -> None:
        self.previous = self.rt.task

    def steps(self) -> tuple[Step, ...]:
        result = []
        for task, action, target, value, file, line, function, held, now, switched, preempted in self.raw:
            if isinstance(target, tuple):
                obj, item, name = target
                if isinstance(obj, dict) and isinstance(item, str) and name == item:
                    text = name
                elif type(obj).__name__ == "cell":
                    text = name
                elif item is ALL:
                    text = self.label(obj)
                elif name == "[]" or isinstance(obj, (dict, list)):
                    text = f"{self.label(obj)}[{short(item)}]"
                else:
                    text = f"{self.label(obj)}.{item}"
            elif isinstance(target, str):
                text = target
            else:
                text = self.label(target)
            result.append(
                Step(
                    thread=task.name,
                    action=action,
                    target=text,
                    value=value,
                    file=file,
                    line=line,
                    source=linecache.getline(file, line).strip() if file else "",
                    function=function,
                    holds=tuple(self.label(lock) for lock in held if not getattr(lock, "inner", False)),
                    time=round(now - self.rt.looks.epoch, 9),
                    switched=switched,
                    preempted=preempted,
                )
            )
        return tuple(result)

    def stuck(self, task: Task) -> Stuck:
        """What `task` waits for at this moment."""
        op = task.op
        frame = sys._current_frames().get(task.os_ident)
        learner, called = self.learner_frame(frame)
        action = op.kind if op is not None else "run"
        target = holder = ""
        what = op.what if op is not None else None
        if called is not None and action in (ACQUIRE, GET):
            action = _BLOCKS.get(called.f_code.co_name, called.f_code.co_name)
        if action == JOIN and isinstance(what, Task):
            target = what.name
        elif what is not None and frame is not None and (condition := _waited_on(frame, what)) is not None:
            outer = called.f_locals.get("self", condition) if called is not None else condition
            self.lock_label(what, learner, called)
            target = self.label(outer)
            if outer is condition:
                action = "wait"
        elif what is not None and action not in (SPIN, SLEEP) and not isinstance(what, Site):
            self.lock_label(what, learner, called)
            target = self.label(what)
            owner = getattr(what, "holder", None)
            if isinstance(owner, Task) and action == ACQUIRE:
                holder = owner.name
        file, line = ("", 0)
        if learner is not None:
            file, line = learner.f_code.co_filename, learner.f_lineno
        return Stuck(
            thread=task.name,
            action=action,
            target=target,
            holder=holder,
            holds=tuple(self.label(lock) for lock in task.held if not _is_waiter(lock, frame)),
            file=file,
            line=line,
            source=linecache.getline(file, line).strip() if file else "",
        )


def _waited_on(frame: FrameType | None, lock: Any) -> Any:
    """The Condition whose wait() or notify() is using `lock` as a waiter's own lock, or None."""
    while frame is not None:
        code = frame.f_code
        if code.co_filename == threading.__file__ and code.co_name in ("wait", "notify"):
            condition = frame.f_locals.get("self")
            if isinstance(condition, threading.Condition):
                return None if condition._lock is lock else condition  # type: ignore[attr-defined]
        frame = frame.f_back
    return None


def _is_waiter(lock: Any, frame: FrameType | None) -> bool:
    return (
        getattr(lock, "inner", False) or _waited_on(frame, lock) is not None and not isinstance(lock, ControlledRLock)
    )


class _Lazy:
    """The name of a library object, asked for when all names are known."""

    def __init__(self, tracer: Tracer, obj: Any) -> None:
        self.tracer = tracer
        self.obj = obj

    def __str__(self) -> str:
        return self.tracer.label(self.obj)
