"""The learner's world during an exploration: what is woven, what is controlled, and what is put back.

`install` and `uninstall` bracket an exploration; `begin` an execution.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import itertools
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import current, lazy
from .attributes import forget_classes
from .contents import forget_containers
from .crew import Crew
from .library import CALLERS, woven_for
from .looks import Looks
from .owning import is_learner_file
from .patching import Patches
from .reach import Reach
from .sites import ENGINE_SITES, Site
from .stand_ins import StandIns
from .weave import may_store_globals, stored_globals, weave


class World:
    """Everything that an exploration changes for its time, and changes back."""

    def __init__(
        self, scenario: Callable[[], Any], *, hidden: Iterable[Callable[..., Any]] = (), looks: Looks | None = None
    ) -> None:
        self.looks = looks or Looks()
        self._beginnings = [scenario, *hidden]
        self._modules: list[Any] = []  # imported by the scenario itself
        self.crew = Crew()
        self._gc = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.woven: set[int] = set()  # ids of code objects
        self.sites: list[Site] = []
        self._keep: list[Any] = []
        self._patches = Patches(self.looks)
        self._stand_ins = StandIns(self._patches.replacement)
        self._reach = reach = Reach(self._stand_ins)
        self.names = reach.names
        self.doubts = reach.doubts
        self.fragile = reach.fragile
        self._known = len(sys.modules)

    # -- an exploration -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Take over for the time of an exploration; everything done here and in `weave` is undone after it."""
        self._gc = gc.isenabled()
        gc.disable()
        try:
            lazy.settle()
            self._install()
            yield
        finally:
            self._uninstall()
            if self._gc:
                gc.enable()

    def _install(self) -> None:
        self._reach.walk([*self._beginnings, *self._modules])
        self.crew.once = self._reach.thread_local
        if len(sys.modules) > self._known:  # to know what they hold, look again
            self.look_again()
        else:
            self._patches.install()

    def _uninstall(self) -> None:
        self.crew.dismiss()
        for restore in self._reach.restore:
            restore()
        self._patches.uninstall()
        while self._reach.undo:
            self._reach.undo.pop()()
        forget_classes()
        forget_containers()

    def look_again(self) -> None:
        """Begin anew, with the modules that have been imported since."""
        self._modules += [sys.modules[name] for name in self.overlooked()]
        self._uninstall()
        self._begin_anew()
        self._install()

    def overlooked(self) -> list[str]:
        """The learner's modules that were imported since the beginning, and so are not woven."""
        # the latest come last; to look at all of them takes long in a process that was just forked
        new = list(itertools.islice(reversed(sys.modules), max(0, len(sys.modules) - self._known)))
        return [name for name in new if is_learner_file(getattr(sys.modules[name], "__file__", None) or "<frozen>")]

    def begin(self) -> None:
        """Before an execution: put the learner's objects back to where they were when the check began."""
        for restore in self._reach.restore:
            restore()
        self._stand_ins.begin()
        self._patches.begin()

    # -- weaving ------------------------------------------------------------------------------------------------

    def weave(self) -> None:
        """Weave what was found. Without it, executions notice only what the controlled primitives tell."""
        for site in ENGINE_SITES:
            site.visible = False
        reach = self._reach
        functions = [*reach.functions, *woven_for(reach.used, reach.functions), *CALLERS]
        shared: dict[int, set[str]] = {}
        for function in functions:
            if may_store_globals(function.__code__):
                shared.setdefault(id(function.__globals__), set()).update(stored_globals(function.__code__))
        for function in functions:
            space = function.__globals__
            names = shared.get(id(space), set())
            for name in names:
                if name not in space:
                    reach.restore.append(functools.partial(space.pop, name, None))
            original = function.__code__
            woven, made = weave(original, space, names)
            self._enter(woven, made)
            function.__code__ = woven
            reach.undo.append(functools.partial(setattr, function, "__code__", original))
        vars(dataclasses)["exec"] = self._write
        reach.undo.append(lambda: vars(dataclasses).pop("exec"))

    def _write(self, text: str, space: dict[str, Any] | None, names: dict[str, Any]) -> None:
        """What `dataclasses` finds as exec(): the methods that it writes for a scenario's class are woven, too."""
        exec(text, vars(dataclasses) if space is None else space, names)
        if current.runtime is None or current.runtime.caller() is None:
            return
        for function in names.values():
            woven, made = weave(function.__code__, function.__globals__, ())
            if id(woven) not in self.woven:  # equal text becomes the same code in the next execution
                self._enter(woven, made)
            function.__code__ = woven

    def _enter(self, woven: types.CodeType, made: list[Site]) -> None:
        for site in made:
            site.visible = False
        self.sites += made
        self._note(woven)

    def _note(self, code: types.CodeType) -> None:
        self.woven.add(id(code))
        self._keep.append(code)
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self._note(constant)

    # -- asking -------------------------------------------------------------------------------------------------

    def is_learners(self, space: dict[str, Any]) -> bool:
        """Whether these globals are the learner's or the scenario's."""
        return id(space) in self._reach.spaces

    def spaces(self) -> list[tuple[dict[str, Any], set[str]]]:
        """The global namespaces that the scenario reaches, each with the names that its code uses."""
        return list(self._reach.spaces.values())


__all__ = ["World"]
