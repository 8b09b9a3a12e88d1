"""Where and how something was measured, in one line, and the switch interval it was measured at."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def honesty_line(*, trials: int | None = None, seed: int | None = None, **more: object) -> str:
    """One line that says what a measurement was made on; further facts are added as given.

    For example: ``CPython 3.13.0, GIL on, 2 cores, switch interval 5 ms, 10 trials, seed 7``.
    """
    facts = [
        f"{platform.python_implementation()} {platform.python_version()}",
        f"GIL {'on' if gil_enabled() else 'off'}",
        f"{cores()} core{'s' if cores() != 1 else ''}",
        f"switch interval {sys.getswitchinterval() * 1000:g} ms",
    ]
    if trials is not None:
        facts.append(f"{trials} trial{'s' if trials != 1 else ''}")
    if seed is not None:
        facts.append(f"seed {seed}")
    facts += [f"{name.replace('_', ' ')} {value}" for name, value in more.items()]
    return ", ".join(facts)


def interpreter() -> str:
    """This interpreter's short name in plots: "3.13", or "3.13t" without a GIL."""
    return f"{sys.version_info.major}.{sys.version_info.minor}" + ("" if gil_enabled() else "t")


def gil_enabled() -> bool:
    """Whether one lock lets only one thread run Python code at a time (always, before Python 3.13)."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def switch_interval(seconds: float | None) -> Iterator[float]:
    """Ask the interpreter to switch threads every so many seconds inside the block; None leaves it alone.

    Yields the interval in force and puts the old one back on leaving.
    """
    before = sys.getswitchinterval()
    if seconds is not None:
        sys.setswitchinterval(seconds)
    try:
        yield sys.getswitchinterval()
    finally:
        sys.setswitchinterval(before)
