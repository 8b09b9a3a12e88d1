"""The notebook face: shows verdicts in Jupyter, as text elsewhere. Only here and in `widget` IPython is imported."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from . import story
from .outcomes import Execution, Exploration
from .search.game import Game


def in_notebook() -> bool:
    """Whether we run in a Jupyter kernel. IPython is not imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def show(exploration: Exploration, again: Callable[[], None] | None = None) -> None:
    """Display the verdict of a check; `again` adds, below a failure, what the reader can do with the scenario."""
    if not in_notebook():
        if exploration.holds:
            print(story.headline(exploration))
        return
    from IPython.display import HTML, display

    display(HTML(story.html(exploration) + ("" if exploration.holds else _picture(exploration))))
    if not exploration.holds and again is not None:
        again()


def offer_steps(
    scenario: Callable[[], Any], allowed: Callable[[Execution], bool], expected: str, **options: Any
) -> None:
    """A button that opens the failing scenario as a game; nothing where there are no widgets."""
    from IPython.display import display

    from .widget.scheduler import Scheduler

    display(Scheduler(scenario, allowed, goal="Make it fail.", expected=expected, opened=False, **options))


def offer_game(
    scenario: Callable[[], Any], allowed: Callable[[Execution], bool], goal: str, expected: str, **options: Any
) -> None:
    """The game itself, and its solution as a picture that is folded away; as text outside a notebook."""
    if not in_notebook():
        exploration = Game(scenario, allowed, **options).exploration
        exploration.expected = expected
        print(f"You are the scheduler. {goal}\nThis needs a notebook; here is the way:\n")
        print(story.tell(exploration))
        return
    from IPython.display import HTML, display

    from .widget.scheduler import Scheduler

    widget = Scheduler(scenario, allowed, goal=goal, expected=expected, opened=True, **options)
    display(widget)
    exploration = widget.game.exploration
    exploration.expected = expected
    if not exploration.holds:
        display(HTML(_folded(exploration)))


def _folded(exploration: Exploration) -> str:
    """The verdict of a game as one folded block that any page can show."""
    return (
        f"<details><summary>The solution on paper</summary>{story.html(exploration)}{_picture(exploration)}</details>"
    )


def _picture(exploration: Exploration) -> str:
    """The picture of a failure. Within the page, since JupyterLab gives a picture of its own no alternative text."""
    from . import pictures

    data, told = b64encode(pictures.png(exploration)).decode(), escape(pictures.alt_text(exploration))
    return f'<img style="max-width: 100%" alt="{told}" src="data:image/png;base64,{data}">'


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
