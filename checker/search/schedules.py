"""Schedules as text that a person can paste back.

A schedule is the list of switches that deviate from the default (the running thread goes on if it can, else the
first that can). `1@12>2` reads: when thread 1 arrives at its 12th step, thread 2 goes on; `!` marks a preemption.
Thread 0 is the clock, 1 the scenario itself; `-2@0>3` reads: when the second thread has ended, thread 3 goes on.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple


class Switch(NamedTuple):
    task: int
    step: int
    to: int
    preempts: bool = False


VERSION = f"py{sys.version_info[0]}.{sys.version_info[1]}"


def write(switches: list[Switch]) -> str:
    """
    >>> write([Switch(1, 12, 2), Switch(2, 9, 1, True)]).split()[1:]
    ['1@12>2', '2@9!1']
    """
    return " ".join([VERSION, *(f"{s.task}@{s.step}{'!' if s.preempts else '>'}{s.to}" for s in switches)])


def read(text: str) -> list[Switch]:
    """The switches of a schedule's text; ValueError says what is wrong with it.

    >>> read("py3.11 1@12>2")
    [Switch(task=1, step=12, to=2, preempts=False)]
    """
    switches = []
    for word in text.split():
        if re.fullmatch(r"py\d+\.\d+", word):
            continue
        match = re.fullmatch(r"(-?\d+)@(\d+)([>!])(\d+)", word)
        if match is None:
            raise ValueError(f"not a schedule: {word!r} should look like 1@12>2")
        switches.append(Switch(int(match[1]), int(match[2]), int(match[4]), match[3] == "!"))
    return switches


def made_by(text: str) -> str:
    """The Python version that a schedule's text names, "" if none."""
    first = text.split(maxsplit=1)[:1]
    return first[0] if first and first[0].startswith("py") else ""
