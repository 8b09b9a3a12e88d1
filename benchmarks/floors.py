"""The floor: what a hand-off between threads and a traced bytecode cost on this machine, and how far we are."""

from __future__ import annotations

import _thread
import sys
import time
from argparse import Namespace
from collections.abc import Callable

import report
from scenarios import four_threads_25_locked_increments, two_threads_one_increment

from checker.engine.affinity import one_core
from checker.search.explorer import explore_scenario

HAND_OFFS = 20_000


def hand_off() -> float:
    """Seconds for one baton pass between two threads that each wait on a lock of their own."""
    here, there, done = (_thread.allocate_lock() for _ in range(3))
    for lock in (here, there, done):
        lock.acquire()

    def other() -> None:
        for _ in range(HAND_OFFS):
            there.acquire()
            here.release()
        done.release()

    _thread.start_new_thread(other, ())
    begun = time.perf_counter()
    for _ in range(HAND_OFFS):
        there.release()
        here.acquire()
    taken = time.perf_counter() - begun
    done.acquire()
    return taken / (2 * HAND_OFFS)


def start_a_thread() -> float:
    """Seconds to start a bare thread and wait until it has run."""
    done = _thread.allocate_lock()
    done.acquire()
    begun = time.perf_counter()
    for _ in range(2_000):
        _thread.start_new_thread(done.release, ())
        done.acquire()
    return (time.perf_counter() - begun) / 2_000


def loop(count: int) -> int:
    number = 0
    for _ in range(count):
        number += 1
    return number


def traced_opcode() -> float:
    """Seconds that tracing adds to one bytecode (`sys.settrace` with opcode events)."""
    events = 0

    def trace(frame, event, arg):  # type: ignore[no-untyped-def]
        nonlocal events
        events += 1
        frame.f_trace_opcodes = True
        return trace

    plain = timed(lambda: loop(50_000))
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        traced = timed(lambda: loop(50_000))
    finally:
        sys.settrace(before)
    return (traced - plain) / max(events, 1)


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def per_step(scenario: Callable[[], object]) -> tuple[float, float, float]:
    """Seconds for an execution and a step, and steps an execution, of the random walk."""
    explore_scenario(scenario, search="walk", schedules=20, allowed=lambda execution: True)
    found = explore_scenario(scenario, search="walk", schedules=300, seconds=3, allowed=lambda execution: True)
    steps = found.steps / found.schedules
    return found.seconds / found.schedules, found.seconds / found.steps, steps


def measure(options: Namespace) -> str:
    with one_core():  # as an exploration runs: between two cores a hand-off takes up to ten times as long
        thread, switch, opcode = start_a_thread(), hand_off(), traced_opcode()
    rows = [
        ["starting a bare thread and waiting for it", f"{thread * 1e6:.1f} µs"],
        ["one hand-off between two threads", f"{switch * 1e6:.1f} µs"],
        ["one traced bytecode (not used: the code is woven instead)", f"{opcode * 1e6:.2f} µs"],
    ]
    for scenario in (two_threads_one_increment, four_threads_25_locked_increments):
        execution, step, steps = per_step(scenario)
        threads = 3 if scenario is two_threads_one_increment else 5
        name = scenario.__name__.replace("_", " ")
        floor = threads * thread
        rows.append(
            [f"an execution: {name}", f"{execution * 1e6:,.0f} µs, {execution / floor:.1f} × its {threads} threads"]
        )
        rows.append(
            [f"a step of it ({steps:.0f} an execution)", f"{step * 1e6:.1f} µs, {step / switch:.1f} × a hand-off"]
        )
    return "\n\n".join(
        [
            "## The floor",
            "An execution cannot cost less than starting its threads (the scenario's own among them), and a switch "
            "not less than a hand-off.",
            report.table(["what", "cost"], rows),
        ]
    )
