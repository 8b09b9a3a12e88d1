"""Turns one replayed execution into steps that a reader understands: lines, values, lock holders, names."""

from __future__ import annotations

import linecache
import sys
import traceback
from collections import deque
from types import FrameType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..outcomes import NOTHING, Step, Stuck
from .calls import NO_VALUE, Call, call_at, line_of
from .contents import ALL
from .naming import Names, Place, short
from .owning import is_learner_file
from .primitives import ControlledRLock, ControlledSimpleQueue
from .sites import Site
from .tasks import ACQUIRE, GET, JOIN, SLEEP, SPIN, Task
from .wording import describe_error

if TYPE_CHECKING:
    from .runtime import Runtime

MOST_STEPS = 2_000
#: Steps up to which a story tells the values inside of critical sections as well.
MOST_DETAILS = 60
_SHOWN_WHOLE = (dict, list, set, deque, bytearray, tuple, frozenset, int, float, str, bool, bytes)


class Tracer:
    """Records the steps of the running execution. Names are worked out at the end, when all are known.

    Recorded are the accesses to all places; told are those to places that another thread touches as well.
    """

    def __init__(self, rt: Runtime) -> None:
        self.rt = rt
        self.raw: list[_Raw] = []
        self.names = Names(rt)
        self.named = self.names.named
        self.inside: set[int] = set()  # locks of library objects, which no reader knows of
        self.seen: list[BaseException] = []
        self.previous: Task | None = None

    # -- recording ----------------------------------------------------------------------------------------------

    def access(self, site: Site, obj: Any, item: Any, write: bool, value: Any) -> None:
        if write:
            self.named(obj, item, value)
        if not site.file or len(self.raw) >= (MOST_STEPS if site.visible else MOST_STEPS // 2):
            return  # the engine's own, such as the end of a thread; or one of very many
        action = "read" if site.action == "call" and not write else site.action
        file, line, function = site.file, site.line, site.function
        shown = _shown(obj, item, value if write and action == "write" else NO_VALUE)
        if site.REMOVES:
            shown = "" if item is ALL else NOTHING
        target: Any = Place(obj, item, site.name)
        frame: FrameType | None = None
        if not is_learner_file(file):  # code of the library: told as the call that the learner made
            call = self.call()
            frame = call.learner
            if call.outer is not None:
                if call.kind.action != "look":
                    return
                action, target, shown = "look", call.obj, str(bool(call.value()))
            if frame is not None:
                file, line, function = frame.f_code.co_filename, line_of(frame), frame.f_code.co_name
        else:
            frame = sys._getframe(1)
        self.names.find(obj if isinstance(target, Place) else target, frame)
        # a place that others may touch as well, and not an iterator, which is told by what it goes through
        always = not isinstance(target, Place) or (site.visible and not hasattr(type(obj), "__next__"))
        self.append(
            self.rt.task, action, target, shown, file, line, function, None if always else (id(obj), item, write)
        )

    def record(self, action: str, target: Any, value: str = "", lock: bool = False) -> None:
        if not lock and len(self.raw) >= MOST_STEPS:
            return
        call = self.call()
        if lock:
            if isinstance(target, ControlledSimpleQueue):
                item = sys._getframe(1).f_locals["item"] if action == "put" else target.items[0]
                value = short(item)
            told = self.told(call, action, target, value)
            if told is None:
                return
            action, target, value = told
            if len(self.raw) < MOST_STEPS:
                self.names.find(target, call.learner)
        self.at(call, action, target, value)

    def call(self) -> Call:
        """The call in which the running thread is."""
        return call_at(sys._getframe(2))

    def told(self, call: Call, action: str, lock: Any, value: str) -> tuple[str, Any, str] | None:
        """What a reader hears of an operation on a lock: action, target, value; None for nothing."""
        if call.outer is not None:
            self.inside.add(id(lock))
            self.rt.keep.append(lock)
            if call.wait is not None and action == "release" and call.kind.waits:
                return "await", call.obj, call.kind.waits
            if call.kind.action and call.done(action, lock):
                if call.error:
                    return call.kind.action, call.obj, f"raises {call.error}"
                found = call.value()
                return call.kind.action, call.obj, "" if found is NO_VALUE else short(found)
            return None
        if call.wait is not None:
            condition = call.wait.f_locals["self"]
            if condition._lock is lock:
                return ("wait" if action == "release" else action, lock, value) if action != "owned" else None
            if action == "acquire" and not lock.inner:
                lock.inner = True  # just made by wait(), and locked for the first time
                return None
            return "woken" if action == "acquire" else action, condition._lock, value
        if call.notify is not None:
            if action != "owned":
                return None
            waiters = call.notify.f_locals["self"]._waiters
            return "notify", lock, str(min(call.notify.f_locals["n"], len(waiters)))
        return None if action == "owned" else (action, lock, value)

    def raised(self, error: BaseException) -> None:
        """An exception has left a thread, or the scenario."""
        if any(error is known for known in self.seen):
            return
        self.seen.append(error)
        text = describe_error(error).rsplit(" (line ", 1)[0]
        for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
            code = frame.f_code
            if is_learner_file(code.co_filename):
                self.append(self.rt.task, "raise", "", text, code.co_filename, line, code.co_name)
                return
        self.append(self.rt.task, "raise", "", text, "", 0, "")

    def at(self, call: Call, action: str, target: Any, value: str) -> None:
        if call.learner is not None:
            code = call.learner.f_code
            self.append(self.rt.task, action, target, value, code.co_filename, line_of(call.learner), code.co_name)
        else:  # the thread was given a function of the library
            method = call.outer.f_code.co_name if call.outer is not None else ""
            self.append(self.rt.task, action, target, value, "", 0, method)

    def append(
        self, task: Task, action: str, target: Any, value: str, file: str, line: int, function: str,
        place: tuple[int, Any, bool] | None = None,
    ) -> None:  # fmt: skip
        if len(self.raw) >= MOST_STEPS:
            return
        rt = self.rt
        switched = self.previous is not None and task is not self.previous
        preempted = bool(switched and rt.switches and rt.switches[-1][3] and rt.switches[-1][2] == task.index)
        self.previous = task
        held = tuple(task.held)
        self.raw.append(
            _Raw(task, action, target, value, file, line, function, held, rt.now, switched, preempted, place)
        )

    def last(self, outcome: str) -> None:
        self.previous = self.rt.task

    def number(self) -> None:
        """Number what steps name, so that numbers are the same from the first step to where threads are stuck."""
        for raw in _shared(self.raw):
            self.names.text(raw.target)

    def steps(self) -> tuple[Step, ...]:
        self.number()
        return tuple(
            Step(
                thread=self.thread(raw.task),
                action=raw.action,
                target=self.names.text(raw.target),
                value=raw.value,
                file=raw.file,
                line=raw.line,
                source=self.source(raw),
                function=raw.function,
                holds=self.holds(raw.held),
                time=round(raw.now - self.rt.looks.epoch, 9),
                switched=raw.switched,
                preempted=raw.preempted,
            )
            for raw in _shared(self.raw)
        )

    def thread(self, task: Task) -> str:
        """The thread's name, with a number if it is not the only one of that name."""
        alike = [other for other in self.rt.tasks[1:] if other.name == task.name]
        return task.name if len(alike) == 1 or task is self.rt.tasks[1] else f"{task.name}#{alike.index(task) + 1}"

    def source(self, raw: _Raw) -> str:
        """The line in the learner's code, or the call that stands for it."""
        if raw.file:
            return linecache.getline(raw.file, raw.line).strip()
        if raw.action in ("answer", "fail"):
            return "(its task has ended)"
        if raw.function and raw.target:
            return f"{self.names.text(raw.target)}.{raw.function}()"
        method = {"acquire": "acquire", "timeout": "acquire", "release": "release"}.get(raw.action)
        return f"{self.names.text(raw.target)}.{method}(…)" if method else ""

    def holds(self, held: Any) -> tuple[str, ...]:
        """The labels of the locks that a reader knows of."""
        return tuple(
            self.names.text(lock) for lock in held if not getattr(lock, "inner", False) and id(lock) not in self.inside
        )

    def stuck(self, task: Task) -> Stuck:
        """What `task` waits for at this moment."""
        op = task.op
        call = call_at(sys._current_frames().get(task.os_ident))
        action = op.kind if op is not None else "run"
        target: Any = ""
        holder = ""
        what = op.what if op is not None else None
        if action == JOIN and isinstance(what, Task):
            target = self.thread(what)
        elif action in (SPIN, SLEEP) or what is None or isinstance(what, Site):
            pass
        elif call.outer is not None and call.kind.waits and (call.wait is not None or action == GET):
            action, target = call.kind.waits, call.obj
        elif call.wait is not None and action == ACQUIRE and not self.locks_again(call, what):
            action, target = "wait", call.wait.f_locals["self"]._lock
        else:
            target = call.obj if call.outer is not None else what
            owner = getattr(what, "holder", None)
            if isinstance(owner, Task) and action == ACQUIRE:
                holder = self.thread(owner)
        for frame in (call.learner, None):
            self.names.find(target, frame)
        for lock in task.held:
            self.names.find(lock, call.learner)
        file, line = ("", 0)
        if call.learner is not None:
            file, line = call.learner.f_code.co_filename, line_of(call.learner)
        waiter = what if call.wait is not None and not isinstance(what, ControlledRLock) else None
        return Stuck(
            thread=self.thread(task),
            action=action,
            target=self.names.text(target),
            holder=holder,
            holds=self.holds(lock for lock in task.held if lock is not waiter),
            file=file,
            line=line,
            source=linecache.getline(file, line).strip() if file else "",
        )

    def locks_again(self, call: Call, lock: Any) -> bool:
        """Whether a thread inside wait() has been woken, and waits for the condition's own lock."""
        assert call.wait is not None
        return bool(call.wait.f_locals["self"]._lock is lock)


class _Raw(NamedTuple):
    """A step as it is recorded, before names are known."""

    task: Task
    action: str
    target: Any
    value: str
    file: str
    line: int
    function: str
    held: tuple[Any, ...]
    now: float
    switched: bool
    preempted: bool
    place: tuple[int, Any, bool] | None  # of an access that is told only if others touch the place as well


def _shown(obj: Any, item: Any, value: Any) -> str:
    """What a step shows: the value that is written, or the one that is there."""
    if value is not NO_VALUE:
        return short(value)
    if isinstance(obj, FrameType):
        return ""
    if item is ALL:
        if type(obj).__name__ != "cell":
            return short(obj) if isinstance(obj, _SHOWN_WHOLE) else ""
        try:
            return short(obj.cell_contents)
        except ValueError:
            return NOTHING
    try:
        if isinstance(obj, dict):
            return short(dict.__getitem__(obj, item)) if dict.__contains__(obj, item) else NOTHING
        if isinstance(obj, (list, deque, bytearray)):
            return short(obj[item])
        return short(_stored(obj, item))
    except (LookupError, AttributeError):
        return NOTHING
    except Exception:
        return ""


def _stored(obj: Any, name: str) -> Any:
    """The attribute as it is stored: to get it as the code does may run code (of a cached property, say).

    Raises:
        LookupError: nothing is stored under that name.
    """
    try:
        space = vars(obj) if isinstance(obj, type) else object.__getattribute__(obj, "__dict__")
    except AttributeError:  # it has slots alone
        space = {}
    if name in space:
        return space[name]
    for cls in type(obj).__mro__:
        if name in vars(cls):
            value = vars(cls)[name]
            if isinstance(value, MemberDescriptorType):
                return value.__get__(obj, cls)
            if hasattr(type(value), "__get__"):
                raise LookupError(name)
            return value
    raise LookupError(name)


def _shared(steps: list[_Raw]) -> list[_Raw]:
    """Without the accesses to places that no other thread touches, or that nobody changes.

    In a long story only those are left where a switch matters: the others would hide it.
    """
    touched: dict[int, dict[Any, tuple[set[Task], set[Task]]]] = {}  # base -> item -> who reads, who writes
    for step in steps:
        if step.place is not None:
            base, item, write = step.place
            touched.setdefault(base, {}).setdefault(_key(item), (set(), set()))[write].add(step.task)

    def matters(step: _Raw) -> bool:
        if step.place is None:
            return True
        base, item, write = step.place
        for other, (readers, writers) in touched[base].items():
            if other == _key(item) or other is ALL or item is ALL:
                if writers - {step.task} or (write and readers - {step.task}):
                    return True
        return False

    kept = [step for step in steps if matters(step)]
    if len(kept) > MOST_DETAILS:
        kept = [step for step in kept if step.place is None]
    chosen = set(map(id, kept))
    result: list[_Raw] = []
    preempted = False
    for step in steps:
        preempted = preempted or step.preempted
        if id(step) in chosen:
            switched = bool(result) and result[-1].task is not step.task
            result.append(step._replace(switched=switched, preempted=preempted and switched))
            preempted = False
    return result


def _key(item: Any) -> Any:
    return item if item is ALL else (type(item), item if isinstance(item, (str, int)) else id(item))
