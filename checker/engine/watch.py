"""Watches over the real time of an execution, from the thread that asked for it.

Virtual time knows nothing of a loop inside C, of a call that waits for the real world, of a thread that swallows all
that is thrown at it. An execution that does not end by itself is ended from here, and called *stubborn*.
"""

from __future__ import annotations

import ctypes
import time
from typing import Any

from ..outcomes import LIVELOCK
from .tasks import Unwind

#: How many times its patience an execution may take while the machine is busy with other things.
MOST_PATIENCE = 10
#: Real seconds that the others get to end when one cannot be ended.
_PATIENCE = 1.0


def until_end(rt: Any) -> None:
    """Return when every thread of the execution has ended, or cannot be ended."""
    half = rt.patience / 2
    idle = False
    try:
        if rt.done.acquire(timeout=half):
            return
        # on a busy machine an execution may be starved of the processor: then it gets its time all the same
        began = used = time.process_time()
        for _ in range(2 * MOST_PATIENCE):
            if rt.done.acquire(timeout=half):
                return
            before, used = used, time.process_time()
            idle = used - before < 0.01 * half
            if idle or used - began >= half:
                break
        end = "and does nothing: it waits for something real" if idle else "without an end in sight"
        _end(rt, LIVELOCK, f"one execution took more than {rt.patience:g} s of real time {end}")
    except BaseException:
        _end(rt, LIVELOCK, "interrupted")
        raise


def _end(rt: Any, outcome: str, note: str) -> None:
    """End a stubborn execution: first at its steps, then by an asynchronous exception, then leave it."""
    rt.stubborn = True
    if not rt.ended:
        rt.outcome, rt.note = outcome, note
        rt.stuck = rt.describe_stuck()
        rt.ended = True
    for attempt in range(20):
        if rt.done.acquire(timeout=0.1):
            return
        if attempt >= 1:
            _raise_in(rt.running)
    rt.leave(rt.task)  # it keeps its OS thread, but the others end
    rt.done.acquire(timeout=_PATIENCE)
    rt.note += "; its thread is in a call that cannot be ended and runs on until the process ends"
    rt.doubts.append("a thread could not be ended")


def _raise_in(os_ident: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(os_ident), ctypes.py_object(Unwind))
