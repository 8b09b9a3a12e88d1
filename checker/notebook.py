"""The notebook face: shows verdicts in Jupyter, as text elsewhere. Only here and in `widget` IPython is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from . import story
from .outcomes import Exploration


def in_notebook() -> bool:
    """Whether we run in a Jupyter kernel. IPython is not imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def show(exploration: Exploration) -> None:
    """Display the verdict of a check."""
    if not in_notebook():
        if exploration.holds:
            print(story.headline(exploration))
        return
    from IPython.display import HTML, display

    if exploration.holds:
        display(HTML(story.html(exploration)), metadata={"text/html": {"isolated": False}})
        return
    from . import pictures
    from IPython.display import Image

    display(HTML(story.html(exploration)))
    display(Image(data=pictures.png(exploration), format="png", alt=pictures.alt_text(exploration)))


@contextmanager
def progress() -> Iterator[Callable[[int, float], None]]:
    """A reporter for `explore_scenario`: after two seconds it shows how far the search is, and removes that again."""
    state: dict[str, Any] = {"shown": 0.0, "handle": None}

    def report(executions: int, seconds: float) -> None:
        if seconds < 2.0 or seconds - state["shown"] < 0.5:
            return
        state["shown"] = seconds
        text = f"exploring: {executions:,} schedules so far, {seconds:.0f} s"
        if in_notebook():
            from IPython.display import display

            if state["handle"] is None:
                state["handle"] = display(text, display_id=True)
            else:
                state["handle"].update(text)
        elif sys.stderr.isatty():
            sys.stderr.write("\r" + text)
            sys.stderr.flush()

    try:
        yield report
    finally:
        if state["handle"] is not None:
            from IPython.display import HTML

            state["handle"].update(HTML(""))
        elif state["shown"] and sys.stderr.isatty():
            sys.stderr.write("\r" + " " * 60 + "\r")
