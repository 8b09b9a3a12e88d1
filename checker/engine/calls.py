"""Calls of the standard library as a reader sees them: `put`, and not the three lock operations inside it.

The library's own synchronisation is Python above controlled locks. A *call* is the outermost frame of it that the
learner's code (or the thread's beginning) has called; it counts as done when it lets its own lock go, which is the
moment from which others can see what it did.
"""

from __future__ import annotations

import concurrent.futures as futures
import concurrent.futures.thread as pools
import queue
import threading
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .owning import is_learner_code


def line_of(frame: FrameType) -> int:
    """The line that a frame is at. A frame of another thread may be between two lines: then the function's first."""
    return frame.f_lineno or frame.f_code.co_firstlineno


def _key(code: CodeType) -> tuple[str, int]:
    """What a function's code has in common with its woven copy."""
    return code.co_filename, code.co_firstlineno


_WAIT = _key(threading.Condition.wait.__code__)
_NOTIFY = _key(threading.Condition.notify.__code__)
_EXIT = _key(threading.Condition.__exit__.__code__)


#: For calls that show no value.
NO_VALUE = object()


class Kind(NamedTuple):
    """What is told of a call: the name of its step, what it waits for, and the value that it shows."""

    action: str = ""  # "" for a call that is not told
    waits: str = ""  # as in `Stuck.action`
    value: Callable[[Any, dict[str, Any]], Any] = lambda obj, local: NO_VALUE


def _item(obj: Any, local: dict[str, Any]) -> Any:
    return local.get("item", NO_VALUE)


_QUIET = Kind()
_CALLS: dict[Any, Kind] = {
    queue.Queue.put: Kind("put", "put", _item),
    queue.Queue.get: Kind("get", "get", _item),
    queue.Queue.task_done: Kind("task_done", "", lambda obj, _: obj.unfinished_tasks),
    queue.Queue.join: Kind("all_done", "items"),
    queue.Queue.qsize: Kind("size", "", lambda obj, _: len(obj.queue)),
    queue.Queue.empty: Kind("size", "", lambda obj, _: len(obj.queue)),
    queue.Queue.full: Kind("size", "", lambda obj, _: len(obj.queue)),
    threading.Event.set: Kind("set"),
    threading.Event.clear: Kind("clear"),
    threading.Event.is_set: Kind("look", "", lambda obj, _: obj._flag),
    threading.Event.wait: Kind("pass", "event", lambda obj, _: obj._flag),
    threading.Semaphore.acquire: Kind("permit", "permit", lambda obj, local: obj._value if local.get("rc") else None),
    threading.Semaphore.release: Kind("give_back", "", lambda obj, _: obj._value),
    threading.BoundedSemaphore.release: Kind("give_back", "", lambda obj, _: obj._value),
    threading.Barrier.wait: Kind("cross", "barrier"),
    threading.Barrier.abort: Kind("abort"),
    threading.Barrier.reset: Kind("reset"),
    threading.Timer.cancel: Kind("cancel"),
    threading.Timer.run: Kind("due", "due", lambda obj, _: obj.finished._flag),
    futures.Future.result: Kind("result", "result", lambda obj, _: obj._result),
    futures.Future.exception: Kind("result", "result", lambda obj, _: obj._exception),
    futures.Future.set_result: Kind("answer", "", lambda obj, _: obj._result),
    futures.Future.set_exception: Kind("fail", "", lambda obj, _: obj._exception),
    futures.Future.cancel: Kind("cancel", "", lambda obj, _: obj._state),
    futures.Future.add_done_callback: _QUIET,
    futures.Future.done: _QUIET,
    futures.Future.running: _QUIET,
    futures.Future.cancelled: _QUIET,
    futures.wait: Kind("", "result"),
    futures.as_completed: Kind("", "result"),
    futures.ThreadPoolExecutor.submit: Kind("submit"),
    futures.ThreadPoolExecutor.shutdown: _QUIET,
    pools._worker: Kind("", "task"),
}
_KINDS = {_key(call.__code__): kind for call, kind in _CALLS.items()}
_DONE_AT_PUT = _key(futures.ThreadPoolExecutor.submit.__code__)
_TIMER = _key(threading.Timer.run.__code__)
_WORKER = _key(pools._worker.__code__)
#: What a pool's own thread does that concerns others.
_ANSWERS = {_key(futures.Future.set_result.__code__), _key(futures.Future.set_exception.__code__)}


class Call(NamedTuple):
    """Where a controlled operation comes from."""

    learner: FrameType | None  # the innermost frame of the learner's
    outer: FrameType | None  # the library's outermost call that is known, made by the learner's
    wait: FrameType | None  # inside Condition.wait
    notify: FrameType | None  # inside Condition.notify
    inner: str  # the action of the innermost known call
    error: str  # the exception with which a `with` of the library is being left

    @property
    def kind(self) -> Kind:
        return _KINDS[_key(self.outer.f_code)] if self.outer is not None else _QUIET

    @property
    def obj(self) -> Any:
        """What the call is a method of; the pool of a worker."""
        local = {} if self.outer is None else self.outer.f_locals
        return local["executor_reference"]() if "executor_reference" in local else local.get("self")

    def done(self, operation: str, lock: Any) -> bool:
        """Whether `operation` on `lock` is the one that makes the call count as done."""
        if self.outer is None or self.wait is not None or self.notify is not None:
            return False
        code = _key(self.outer.f_code)
        if operation != ("put" if code == _DONE_AT_PUT else "release"):
            return False
        if code == _TIMER:
            return self.inner == "pass"
        return _owns(self.obj, lock)

    def value(self) -> Any:
        """What the call put, took, found; None if it got nothing."""
        assert self.outer is not None
        return self.kind.value(self.obj, self.outer.f_locals)


def _owns(obj: Any, lock: Any) -> bool:
    """Whether it is the object's own lock, or that of its condition or event."""
    for part in getattr(obj, "__dict__", {}).values():
        condition = part.__dict__.get("_cond") if type(part) is threading.Event else part
        if part is lock or (type(condition) is threading.Condition and condition.__dict__.get("_lock") is lock):
            return True
    return False


def call_at(frame: FrameType | None) -> Call:
    """The call in which `frame` is."""
    outer = wait = notify = None
    error = inner = ""
    while frame is not None and not is_learner_code(frame.f_code):
        code = _key(frame.f_code)
        if code == _WAIT:
            wait = frame
        elif code == _NOTIFY:
            notify = frame
        elif code == _EXIT and (kinds := frame.f_locals.get("args")) and kinds[0] is not None:
            error = kinds[0].__name__
        if code in _KINDS and not (code == _WORKER and outer is not None and _key(outer.f_code) in _ANSWERS):
            outer = frame
            inner = inner or _KINDS[code].action
        frame = frame.f_back
    return Call(frame, outer, wait, notify, inner, error)
