"""Makes a failing schedule shorter: fewest preemptions first, then fewest switches.

Greedy, as delta debugging does it (Zeller & Hildebrandt, TSE 2002), one switch at a time, last one first: a switch
is left out, or two in a row, which may go there and back; the rest is followed as far as it goes, and the result is
kept if it still fails in the same way. Where the first switch only lets another thread begin, the two threads are
also tried in each other's role: threads that run the same code then need one switch less.
"""

from __future__ import annotations

from collections.abc import Callable

from ..outcomes import Execution
from .schedules import Switch

Found = tuple[Execution, list[Switch]]

MOST_EXECUTIONS = 80


def cost(switches: list[Switch]) -> tuple[int, int]:
    return sum(switch.preempts for switch in switches), len(switches)


def mirrored(switches: list[Switch]) -> list[Switch]:
    """Without the first switch, and with the two threads that it concerns in each other's place.

    >>> mirrored([Switch(2, 6, 3, True), Switch(3, 7, 2, True)])
    [Switch(task=2, step=7, to=3, preempts=True)]
    """
    one, other = switches[0].task, switches[0].to
    swap = {one: other, other: one}
    return [
        switch._replace(task=swap.get(switch.task, switch.task), to=swap.get(switch.to, switch.to))
        for switch in switches[1:]
    ]


def shrink(execution: Execution, switches: list[Switch], fails: Callable[[list[Switch]], Found | None]) -> Found:
    """The shortest failing schedule found; `fails` runs a candidate and returns what it came to, or None."""
    budget = MOST_EXECUTIONS
    best: Found = (execution, switches)
    if len(switches) > 1 and (found := fails(mirrored(switches))) is not None and cost(found[1]) < cost(switches):
        best = found
    improved = True
    while improved and budget > 0:
        improved = False
        current = best[1]
        singles = sorted(range(len(current)), key=lambda i: (not current[i].preempts, -i))
        pairs = range(len(current) - 1)
        for position, count in [*((i, 1) for i in singles), *((i, 2) for i in pairs)]:
            if budget <= 0:
                break
            budget -= 1
            found = fails(current[:position] + current[position + count :])
            if found is not None and cost(found[1]) < cost(current):
                best = found
                improved = True
                break
    return best
