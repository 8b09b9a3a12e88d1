"""The tools that judge a program, behind one call: `judge(program, budget)` -> `Answer`."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fresh import Fresh
from programs import Program

from checker import together
from checker.search.explorer import explore_scenario


@dataclass
class Answer:
    """What a tool says of one program."""

    said: str  # "holds", "" (no verdict), or what went wrong
    executions: int
    seconds: float  # imports and preparations left out


Judge = Callable[[Program, float], Answer]


def this_checker(program: Program, budget: float) -> Answer:
    """What `check` does, without showing it: search, shrink, replay; its own budgets of executions, and seconds."""
    _once()
    begun = time.perf_counter()
    found = explore_scenario(
        program.scenario,
        allowed=lambda execution: program.allows(execution.observation),
        seconds=budget,
        **program.options,
    )
    return Answer("holds" if found.holds else found.outcome, found.schedules, time.perf_counter() - begun)


def imported_again(program: Program) -> Program:
    """The same program from modules imported now, so that they have the names that are patched now."""
    if program.scenario.__module__.startswith("programs."):
        for name in [name for name in sys.modules if name.partition(".")[0] == "programs"]:
            del sys.modules[name]
        again = importlib.import_module("programs").PROGRAMS
        return next(each for each in again if each.name == program.name)
    module = importlib.reload(sys.modules[program.scenario.__module__])
    return replace(program, scenario=getattr(module, program.scenario.__name__))


def frontrun(program: Program, budget: float, strategy: Any = "dpor") -> Answer:
    """frontrun as its manual advises: its locks in place before the program is imported, virtual clock,
    no input and output to watch, `__dict__` watched, no replays.
    """
    os.environ["FRONTRUN_ACTIVE"] = "1"  # as its command line does; there is no I/O to preload a library for
    import frontrun as explorer
    from frontrun._cooperative import patch_locks
    from split import Split, Whole, uses_together_once

    patch_locks()  # what its pytest option --frontrun-patch-locks does
    program = imported_again(program)
    fresh = Fresh(program.scenario)
    parted = uses_together_once(program.scenario)
    make = Split if parted else Whole
    fresh()
    count = len(Split(program.scenario).callables) if parted else 1
    last: list[Any] = []

    def setup() -> Any:
        fresh()
        last[:] = [make(program.scenario)]
        return last[0]

    options: dict[str, Any] = {
        "clock": "explored" if program.options.get("delays") else "virtual",
        "detect_io": False,
        "reproduce_on_failure": 0,
        "deadlock_timeout": budget,
    }
    if strategy == "dpor":
        options |= {"track_dunder_dict_accesses": True, "total_timeout": budget}
    else:
        options |= {"seed": 0, "max_attempts": 200}
    explorer.explore(setup=list, workers=[list.copy] * 2, invariant=lambda state: True, strategy=strategy)
    begun = time.perf_counter()
    try:
        result = explorer.explore(
            setup=setup,
            workers=[lambda state, number=number: state.run(number) for number in range(max(count, 1))],
            invariant=lambda state: program.allows(state.observe()),
            strategy=strategy,
            **options,
        )
    except Exception as error:  # an error in a worker leaves explore as it is
        return Answer(f"raised {type(error).__name__}", 0, time.perf_counter() - begun)
    said = {True: "holds", False: "failed", None: ""}[result.property_holds]
    return Answer(said, result.num_explored, time.perf_counter() - begun)


def frontrun_random(program: Program, budget: float) -> Answer:
    return frontrun(program, budget, "random")


def plain_stress(program: Program, budget: float) -> Answer:
    """Real threads, a tiny switch interval, round after round until the budget is spent."""
    sys.setswitchinterval(1e-6)
    errors: list[str] = []
    threading.excepthook = lambda args: errors.append(args.exc_type.__name__)
    fresh = Fresh(program.scenario)
    alive = threading.active_count()
    begun = time.perf_counter()
    rounds, said = 0, ""
    while not said and time.perf_counter() < begun + budget:
        fresh()
        rounds += 1
        try:
            observation = program.scenario()
        except Exception as error:
            said = f"raised {type(error).__name__}"
        else:
            if errors:
                said = f"raised {errors[0]}"
            elif not program.allows(observation):
                said = "finished"
            elif any(not thread.daemon for thread in threading.enumerate()[alive:]):
                said = "leaked"
    return Answer(said or "holds", rounds, time.perf_counter() - begun)


def _once() -> None:
    """Explore something, as `frontrun` does above: a process that was just forked has yet to copy what it uses."""
    explore_scenario(lambda: together(lambda: None, lambda: None))


#: Name as printed -> judge, and what it says if it has not answered after the budget and a grace.
TOOLS: dict[str, tuple[Judge, str]] = {
    "this checker": (this_checker, ""),
    "frontrun 0.7 (DPOR)": (frontrun, ""),
    "frontrun 0.7 (random)": (frontrun_random, ""),
    "plain stress": (plain_stress, "hangs"),
}


def available() -> dict[str, tuple[Judge, str]]:
    """The tools that are installed, each warmed up: imports are not part of a verdict's time."""
    _once()
    try:
        import frontrun as _  # noqa: F401
        import greenlet as _greenlet  # noqa: F401
    except ImportError:
        sys.stderr.write("frontrun is not installed (pip install '.[bench]'): left out\n")
        return {name: tool for name, tool in TOOLS.items() if not name.startswith("frontrun")}
    return TOOLS
