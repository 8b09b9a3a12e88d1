"""Python code of the standard library that is woven as if it were the learner's.

The library is not interrupted except at its lock operations. That is not enough where it reads or changes without a
lock what threads share, where the learner looks past the lock at what it guards, where it calls functions of C that
it was handed, and where a loop that uses it would seem to change nothing.
"""

from __future__ import annotations

import collections
import concurrent.futures.thread as futures_thread
import contextlib
import dis
import functools
import queue
import sys
import threading
import types
from concurrent.futures import Future
from typing import Any

from ..together import call

_LOADS = {dis.opmap[name] for name in ("LOAD_ATTR", "LOAD_METHOD") if name in dis.opmap}
_SHIFT = int(sys.version_info >= (3, 12))  # the lowest bit of LOAD_ATTR says whether a method is meant

#: A class, its methods (none named: all), and when they are woven: the code uses one of the names of each group.
#: A name that begins with a dot must be used as an attribute.
_WOVEN: tuple[tuple[type, str, tuple[str, ...]], ...] = (
    (threading.Event, "is_set set clear wait", ("Event Timer",)),
    (
        threading.Barrier,
        "wait _enter _release _wait _exit reset abort _break n_waiting broken",
        ("Barrier",),
    ),
    (functools.cached_property, "__get__", ("cached_property",)),
    (collections.Counter, "", ("Counter",)),
    (collections.UserDict, "", ("UserDict",)),
    (collections.UserList, "", ("UserList",)),
    (collections.ChainMap, "", ("ChainMap",)),
    (contextlib.ExitStack.__mro__[1], "_create_cb_wrapper", ("ExitStack",)),
    (Future, "add_done_callback _invoke_callbacks", ("add_done_callback",)),
    (threading.Semaphore, "acquire release", ("Semaphore BoundedSemaphore",)),
    (threading.BoundedSemaphore, "release", ("BoundedSemaphore",)),
    (queue.Queue, "_put _get task_done", ("Queue LifoQueue PriorityQueue",)),
    (queue.LifoQueue, "_put _get", ("LifoQueue",)),
    (queue.PriorityQueue, "_put _get", ("PriorityQueue",)),
    (queue.Queue, "", ("Queue LifoQueue PriorityQueue", ".queue unfinished_tasks")),
    (queue.LifoQueue, "", ("LifoQueue", ".queue unfinished_tasks")),
    (queue.PriorityQueue, "", ("PriorityQueue", ".queue unfinished_tasks")),
    # from 3.15 on
    *(
        (getattr(threading, name), "", (words,))
        for name, words in (
            ("serialize_iterator", "serialize_iterator synchronized_iterator"),
            ("_concurrent_tee", "concurrent_tee"),
        )
        if hasattr(threading, name)
    ),
)

#: What a thread of a pool does with the function that it was given: in an object of its own from 3.14 on.
_POOL_CALLER: Any = getattr(futures_thread, "WorkerContext", futures_thread._WorkItem)

#: Places that call what the learner handed in, which may be C code: `Thread(target=items.append)`.
CALLERS: tuple[Any, ...] = (threading.Thread.run, threading.Timer.run, _POOL_CALLER.run, call)


def woven_for(names: set[str], functions: list[types.FunctionType]) -> list[types.FunctionType]:
    """The library's functions to be woven with these functions, which use these names."""

    def used(name: str) -> bool:
        if not name.startswith("."):
            return name in names
        return name[1:] in names and any(_reads_attribute(function.__code__, name[1:]) for function in functions)

    found: dict[int, types.FunctionType] = {}
    for cls, methods, needed in _WOVEN:
        if all(any(used(name) for name in group.split()) for group in needed):
            for name in methods.split() or vars(cls):
                value = vars(cls).get(name)
                function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
                if isinstance(function, types.FunctionType):
                    found[id(function)] = function
    return list(found.values())


def _reads_attribute(code: types.CodeType, name: str) -> bool:
    """Whether the code says ``x.name``, which `co_names` does not tell from the global of that name."""
    if name in code.co_names:
        index = code.co_names.index(name) << _SHIFT
        arguments = code.co_code[1::2]
        for position, opcode in enumerate(code.co_code[::2]):
            if opcode in _LOADS and arguments[position] & -1 << _SHIFT == index & 255:
                return True
    return any(isinstance(part, types.CodeType) and _reads_attribute(part, name) for part in code.co_consts)
