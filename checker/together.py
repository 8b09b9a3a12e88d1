"""Starting threads together: the one helper that scenarios need."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def call(function: Callable[[], Any]) -> Any:
    """Call what was handed in. A function of its own, so that the engine can see what is called."""
    return function()


def name_of(place: int) -> str:
    """What the thread of the callable at `place` is called. The engine may call it otherwise."""
    return f"T{place + 1}"


def died(error: BaseException) -> None:
    """Told of an exception that is raised again only when all threads have ended. The engine listens here."""


def together(*callables: Callable[[], Any]) -> list[Any]:
    """Start one thread per callable, join them all, and return their results in order.

    The threads are called T1, T2, … If some raise, the first one's exception (in the order of the callables) is
    raised again after all have ended.

    >>> together(lambda: 1, lambda: 2)
    [1, 2]
    """
    results: list[Any] = [None] * len(callables)
    errors: list[BaseException | None] = [None] * len(callables)

    def runner(index: int) -> Callable[[], None]:
        def run() -> None:
            try:
                results[index] = call(callables[index])
            except BaseException as error:
                if type(error).__name__ == "Unwind":
                    raise
                errors[index] = error
                died(error)

        return run

    # the index is no argument of the thread: whoever runs in it could read that
    threads = [threading.Thread(target=runner(i), name=name_of(i)) for i in range(len(callables))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        if error is not None:
            raise error
    return results
