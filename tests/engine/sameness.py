"""Runs one case on the real primitives and on the controlled ones, and compares what it observed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from checker import explore

#: Numbers of seconds that some Pythons take and others do not, and what is none.
ODD = [0, 0.0, -0.0, 0.01, False, -1, -0.5, Fraction(1, 100), Decimal("0.01"), "1", [], 10**11, 1e30, -1e30, 10**400]
ODD += [float("nan"), float("inf"), float("-inf"), Decimal("nan")]


def told(call: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """What the call returned, or its exception's type and message.

    Left out are addresses and the names of the modules in C: a class of Python cannot be called "_thread.lock".
    """
    try:
        return call(*args, **options)
    except (Exception, SystemExit) as error:
        return f"{type(error).__name__}: {re.sub('0x[0-9a-f]+|_thread[.]|_queue[.]', '', str(error))}"


def waited(seconds: float, call: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, bool]:
    """What the call told, and whether at least so many seconds went by meanwhile."""
    start = time.monotonic()
    result = told(call, *args, **options)
    return result, time.monotonic() - start >= seconds * 0.99


def in_a_thread(case: Callable[[], Any]) -> Callable[[], Any]:
    """The case, run by a thread of its own."""

    def run() -> Any:
        box: list[Any] = []
        thread = threading.Thread(target=lambda: box.append(told(case)), name="worker")
        thread.start()
        thread.join()
        return box[0]

    return run


def assert_same(case: Callable[[], Any]) -> None:
    """The case observes on controlled primitives, whatever the schedule, what it observes on real ones.

    Run by the main thread and by another.
    """
    for scenario in (lambda: told(case), in_a_thread(case)):
        plain = scenario()
        exploration = explore(scenario)
        seen = [row.observation for row in exploration.outcomes.rows]
        assert exploration.holds, f"{exploration.claim}\n{exploration.outcomes}"
        assert seen == [plain], f"\nreal:       {plain}\ncontrolled: {seen}"
