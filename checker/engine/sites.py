"""What each woven instruction touches.

A *site* stands for one instruction of learner or scenario code that can touch shared state. The weaver
(`weave`) puts ``site @ operand`` before the instruction; the site works out which *location* (`contents`) is about
to be read or written and tells the runtime. `@` is used because BINARY_OP looks the same in every CPython since
3.11, while the calling convention does not.
"""

from __future__ import annotations

import sys
import types
from _thread import get_ident
from typing import Any

from . import current
from .contents import ALL, GENERATORS, touched


class Site:
    """One woven instruction. `visible` means: a switch is possible before it."""

    __slots__ = ("file", "line", "function", "name", "visible", "globals", "action")
    ACTION = "read"
    REMOVES = False  # its write leaves nothing

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
        if len(found) > 1 and (self.visible or rt.everything) and not rt.inside:
            rt.as_one(self, lambda: self.use(rt, value, deep, write))
            return
        for obj, changes in found:
            if type(obj) in GENERATORS:
                self.resume(rt, rt.frame_of(obj))
            else:
                rt.touch(self, obj, ALL, write or changes)
        if rt.gathered is None:
            rt.steps -= max(0, len(found) - 1)  # several places, but one instruction of the budget

    def resume(self, rt: Any, frame: types.FrameType) -> None:
        """A generator goes on, which changes it. One made in this round of a loop, as in ``while any(… for …)``,
        makes no difference to the next round."""
        task = rt.task
        changed, alone = task.changed, rt.alone
        rt.touch(self, frame, ALL, True)
        if id(frame) not in task.old and rt.gathered is None:
            task.young.add(id(frame))
            task.changed = changed
            if not alone:
                rt.version -= 1

    def taking(self, rt: Any, values: tuple[Any, ...]) -> None:
        """C code that changes a container takes the items from `values`: one step here, more with a generator."""
        if self.visible and any(type(value) in GENERATORS for value in values):
            rt.doubt("a generator is run while its items go into what threads share")


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
#: A thread enters or leaves a context that it was given.
CONTEXT_SITE = _engine_site("context", "write")
#: The scenario's result is read when it returns.
RESULT = _engine_site("result", "read")
ENGINE_SITES = (STARTS, ENDS, LISTS, IDS_SITE, CONTEXT_SITE, RESULT)
