"""Runs a lesson's notebook from top to bottom and reads what came out of it."""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from checker.building import notebook, read

ROOT = Path(__file__).parents[2]
#: What a lesson may take, in seconds (the course promises less than a minute; starting a kernel is not counted).
MINUTE = 60
#: Real seconds after which a cell that hangs is ended.
_HANGS = 280


@dataclass(frozen=True)
class Ran:
    """A lesson that was run without an error."""

    seconds: float
    values: dict[str, Any]  # what the asked expressions gave, as JSON has it
    outputs: list[Any]  # of all cells
    again: Callable[[], Ran]  # runs it once more

    @property
    def within_a_minute(self) -> bool:
        """Whether it took less than a minute, or would have if nobody else had used the processors."""
        return self.seconds < MINUTE * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))

    @property
    def warnings(self) -> list[str]:
        """What was written to stderr; warnings go there."""
        return [output.text for output in self.outputs if output.get("name") == "stderr"]

    @property
    def figures(self) -> int:
        """How many plots were shown; the pictures of verdicts are none."""
        return sum(output.get("data", {}).get("text/plain", "").startswith("<Figure") for output in self.outputs)

    @property
    def printed(self) -> str:
        return "".join(output.text for output in self.outputs if output.get("name") == "stdout")


def run(topic: str, **expressions: str) -> Ran:
    """Run the lesson of this topic; evaluate the expressions in it at its end.

    Raises:
        CellExecutionError: a cell raised.
    """
    lesson = notebook(read(ROOT / "course" / topic / "lesson.py"), "")
    asked = ", ".join(f"{name!r}: {text}" for name, text in expressions.items())
    lesson.cells.append(nbformat.v4.new_code_cell(f"import json\nprint(json.dumps({{{asked}}}))"))
    client = NotebookClient(lesson, timeout=_HANGS, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    with client.setup_kernel():
        began = time.monotonic()
        for index, cell in enumerate(lesson.cells):
            client.execute_cell(cell, index)
        seconds = time.monotonic() - began
    outputs = [output for cell in lesson.cells for output in cell.get("outputs", [])]
    again = functools.partial(run, topic, **expressions)
    return Ran(seconds, json.loads(lesson.cells[-1].outputs[-1].text), outputs, again)


def measured(claim: Callable[[Ran], None]) -> Callable[[Ran], None]:
    """For a claim about real times: other programs may spoil a measurement, so a lesson gets two more attempts."""

    @functools.wraps(claim)
    def claimed(lesson: Ran) -> None:
        for attempts in (2, 1, 0):
            try:
                return claim(lesson)
            except AssertionError:
                if not attempts:
                    raise
            lesson = lesson.again()

    return claimed
