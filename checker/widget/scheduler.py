"""The widget: keeps a path, asks the game for positions, sends them to the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from checker.outcomes import Execution
from checker.search.game import Game, Position
from checker.widget import view

_HERE = Path(__file__).parent


class Scheduler(anywidget.AnyWidget):
    """You are the scheduler of a scenario.

    The page sends what the reader does, {"do": "open" | "step" | "undo" | "restart" | "show"}; the answer is a new
    `view`. Nothing is explored before the reader opens it.
    """

    _esm = _HERE / "scheduler.js"
    _css = _HERE / "scheduler.css"
    view = traitlets.Dict().tag(sync=True)

    def __init__(
        self, scenario: Callable[[], Any], allowed: Callable[[Execution], bool] | None, *,
        goal: str, expected: str, opened: bool, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        self.game = Game(scenario, allowed, **options)
        self._goal, self._expected = goal, expected
        self._position: Position | None = None
        self._shown: list[tuple[int, ...]] = []  # paths that "show me" has still to play
        self.on_msg(self._received)
        if opened:
            self._show(self.game.at(()))
        else:
            self.view = {"open": False}

    def _received(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        try:
            self.do(message.get("do", ""), message.get("task", 0))
        except Exception as error:  # told to the reader: what is raised here would be seen by nobody
            self.view = {**self.view, "said": f"{type(error).__name__}: {error}", "trouble": str(error)}

    def do(self, what: str, task: int = 0) -> None:
        """Carry out what the reader asked for."""
        game, position = self.game, self._position
        if position is None or what == "open":
            self._show(game.at(()))
            return
        if what not in ("show", "next"):
            self._shown = []
        if what == "step" and not position.ended:
            self._show(game.at((*position.path, task)))
        elif what == "undo":
            self._show(game.undone(position))
        elif what == "restart":
            self._show(game.at(()))
        elif what == "show":
            self._shown = game.demonstration()
            self._show(game.at(()))
        elif what == "next" and self._shown:
            self._show(game.at(self._shown.pop(0)))

    def _show(self, position: Position) -> None:
        self._position = position
        page = view.shown(self.game, position, self._goal, self._expected)
        self.view = page | {"showing": bool(self._shown)}
