"""What is exchanged in the process for the time of an exploration, and given back after it.

Everything put in place asks who calls: threads that are not controlled find what they always found.
"""

from __future__ import annotations

import _queue
import _thread
import concurrent.futures._base as futures_base
import concurrent.futures.thread as futures_thread
import itertools
import queue
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from ..together import call
from . import current, dates, primitives, refusing, threads
from .looks import Looks
from .output import Diverted
from .restoring import reset_lock


class _NoLock:
    """Stands in for locks inside `threading` that guard only its own tables: the baton guards them already."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def acquire(self, *args: Any) -> bool:
        rt = current.runtime
        if rt is not None and rt.caller() is not None:
            return True
        return bool(self.real.acquire(*args))

    def release(self) -> None:
        rt = current.runtime
        if rt is None or rt.caller() is None:
            self.real.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: Any) -> None:
        self.release()


class Patches:
    """The exchanged names of `threading`, `_thread`, `time`, `queue`, `random`, `concurrent.futures` and `sys`."""

    def __init__(self, looks: Looks) -> None:
        self._refused = refusing.refusals()
        self.replacement = _replacements()
        for holder, name, new in self._refused:
            if not isinstance(holder, type):
                self.replacement[getattr(holder, name)] = new  # `from os import fork`
        self._looks = looks
        self._undo: list[Callable[[], None]] = []
        self._shutdown_lock = primitives.ControlledLock()

    def install(self) -> None:
        """Put everything in place."""
        for (holder, name), new in threads.patches().items():
            self._set(holder, name, new)
        for holder, name, new in self._refused:
            self._set(holder, name, new)
        by_id = {id(real): new for real, new in self.replacement.items()}
        dated = [sys.modules[name] for name in ("datetime", "sched") if name in sys.modules]
        if "sched" in sys.modules:
            self._set_defaults(sys.modules["sched"].scheduler.__init__)
        for module in (time, _thread, threading, queue, _queue, *dated):
            for name, value in list(vars(module).items()):
                if id(value) in by_id and not name.startswith("__"):
                    self._set(module, name, by_id[id(value)])
        for name in random.__all__:
            method = getattr(random, name)
            if getattr(method, "__self__", None) is random._inst:
                self._set(random, name, self.replacement[method])
        self._set(random.Random, "seed", threads.deterministic_seed(random.Random.seed))
        for cls in (threading.Thread, futures_base.Future):
            init, hashed = threads.numbered(cls)
            self._set(cls, "__init__", init)
            self._set(cls, "__hash__", hashed)
        self._set(threading, "_active_limbo_lock", _NoLock(threading._active_limbo_lock))  # type: ignore[attr-defined]
        self._set(threading, "excepthook", threads.excepthook)
        self._set(threading, "_main_thread", threading.main_thread())
        self._set(threading, "_counter", None)
        self._set(futures_thread, "_global_shutdown_lock", self._shutdown_lock)
        self._set(futures_thread.ThreadPoolExecutor, "_counter", None)
        self._set(futures_base, "id", threads.number)  # wait() takes its locks in the order of the futures' ids
        self._set(sys.modules[call.__module__], "died", threads.died)
        self._set(sys.modules[call.__module__], "name_of", threads.name_of)
        self._set(sys, "stdout", Diverted(sys.stdout, current))
        self._set(sys, "stderr", Diverted(sys.stderr, current))
        self._set(sys, "unraisablehook", threads.unraisablehook)
        self.begin()

    def begin(self) -> None:
        """Before an execution: unnamed threads are Thread-1, Thread-2, … in each, and no hook is left of the last."""
        if self._undo:
            first = self._looks.first
            threading._counter = itertools.count(first + 1).__next__  # type: ignore[attr-defined]
            threading.excepthook = threads.excepthook
            futures_thread.ThreadPoolExecutor._counter = itertools.count(first).__next__  # type: ignore[attr-defined]
            reset_lock(self._shutdown_lock, None)

    def uninstall(self) -> None:
        """Give everything back."""
        while self._undo:
            self._undo.pop()()

    def _set_defaults(self, function: Any) -> None:
        old = function.__defaults__
        function.__defaults__ = tuple(self.replacement.get(value, value) for value in old)
        self._undo.append(lambda: setattr(function, "__defaults__", old))

    def _set(self, holder: Any, name: str, new: Any) -> None:
        missing = object()
        old = vars(holder).get(name, missing)
        setattr(holder, name, new)

        def undo() -> None:
            if old is missing:
                delattr(holder, name)
            else:
                setattr(holder, name, old)

        self._undo.append(undo)


def _replacements() -> dict[Any, Any]:
    """Real function or class -> its controlled form, wherever it is bound."""
    table: dict[Any, Any] = {**primitives.CLOCKS, **dates.replacements()}
    table[time.sleep] = primitives.sleep
    table[_thread.get_ident] = threads.get_ident
    table[_thread.get_native_id] = threads.get_native_id
    table[_thread.start_new_thread] = threads.start_new_thread
    table[_thread.allocate_lock] = threads.make_lock
    table[_thread.LockType] = threads.lock_type
    table[threading.Lock] = threads.make_lock
    table[_thread.RLock] = threads.make_rlock
    table[_queue.SimpleQueue] = threads.make_simple_queue
    for name in random.__all__:
        method = getattr(random, name)
        if getattr(method, "__self__", None) is random._inst:
            table[method] = threads.own_random(name, method)
    return table
