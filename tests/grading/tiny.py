"""A course of one small assignment for the grading tests, and submissions to it.

Two exercises: `counter` (threads; 2 + 1 points, and 1 hidden) and `greet` (no threads; 1 point); a given class; a text
cell that a person marks (3 points).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from checker.course import Course, find
from checker.grading import source

NAME = "01-tiny"
#: Points of all checks; the text cell's come on top when a person has read it.
MOST = 5

COUNTER = """
import threading

class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._value = 0

    @property
    def value(self):
        return self._value

    def increment(self, n=1):
        if n < 0:
            raise TooSmall(n)
        with self._lock:
            self._value += n
            return self._value
"""
#: Loses updates: fails counter-1 (2 points) and counter-3 (1 point).
UNLOCKED = COUNTER.replace("with self._lock:", "if True:")
GREET = "def greet(name):\n    return f'Hello {name}'\n"

CHECK_1 = """
def no_increment_is_lost():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value

check(no_increment_is_lost, expect=2)
"""
CHECK_2 = """
SECRET = "TooSmall"

def a_negative_step_is_refused():
    try:
        Counter().increment(-1)
    except TooSmall:
        return "TooSmall"

check(a_negative_step_is_refused, expect=SECRET)
"""
CHECK_3 = """# counter-3 (1 point) is hidden.
### BEGIN HIDDEN TESTS
def each_call_returns_its_own_value():
    counter = Counter()
    return sorted(together(counter.increment, counter.increment))

check(each_call_returns_its_own_value, expect=[1, 2])
### END HIDDEN TESTS"""
CHECK_4 = "def it_greets():\n    return greet('Ada')\n\ncheck(it_greets, expect='Hello Ada')\n"

Cell = dict[str, Any]


def code(text: str, grade_id: str = "", **mark: Any) -> Cell:
    """A code cell, graded if it has an id."""
    cell = {"cell_type": "code", "execution_count": None, "id": grade_id or f"plain-{hash(text) % 10**6}"}
    return {**cell, "metadata": marked(grade_id, **mark), "outputs": [], "source": text.strip()}


def marked(grade_id: str, **mark: Any) -> dict[str, Any]:
    if not grade_id:
        return {}
    blank = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": {**blank, "grade_id": grade_id, **mark}}


def solution(text: str) -> str:
    return f"### BEGIN SOLUTION\n{text.strip()}\n### END SOLUTION"


def instructors() -> dict[str, Any]:
    """The instructor's notebook."""
    check = {"grade": True, "locked": True}
    essay = {"cell_type": "markdown", "id": "essay", "source": "Why?"}
    cells = [
        code("from checker import check, discuss, together"),
        code("class TooSmall(ValueError):\n    pass", "given", locked=True),
        code(solution(COUNTER), "counter", solution=True),
        code(CHECK_1, "counter-1", points=2, **check),
        code(CHECK_2, "counter-2", points=1, **check),
        code(CHECK_3, "counter-3", points=1, **check),
        code(solution(GREET), "greet", solution=True),
        code(CHECK_4, "greet-1", points=1, **check),
        {**essay, "metadata": marked("essay", grade=True, solution=True, points=3)},
        code('discuss("counter")'),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def read() -> source.Source:
    return source.from_notebook(NAME, instructors())


def course(root: Path) -> Course:
    """A course folder with the assignment in its gradebook."""
    from checker.grading import exercises

    shutil.copy(find().root / "nbgrader_config.py", root)
    made = Course(root)
    made.notebook(NAME).parent.mkdir(parents=True)
    made.notebook(NAME).write_text(json.dumps(instructors()))
    made.state.mkdir()
    (root / "my-work").mkdir()
    exercises.generate(made, [NAME], into=root / "exercises", gradebook=made.gradebook)
    return made


Deed = Callable[[dict[str, Any]], Any]


def released() -> dict[str, Any]:
    """What a learner gets: without solutions and hidden checks."""
    notebook = instructors()
    for cell in notebook["cells"]:
        if cell["source"].startswith("### BEGIN SOLUTION"):
            cell["source"] = "raise NotImplementedError"
        if cell["cell_type"] == "markdown":
            cell["source"] = "YOUR ANSWER HERE"
        if "### BEGIN HIDDEN" in cell["source"]:
            cell["source"] = cell["source"].split("### BEGIN")[0]
    return notebook


def find_cell(notebook: dict[str, Any], grade_id: str) -> Cell:
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


def submission(deed: Deed | None = None, *, counter: str = COUNTER, greet: str = GREET) -> bytes:
    """A submitted notebook; `deed` may change it at last, or return the bytes of the file itself."""
    notebook = released()
    find_cell(notebook, "counter")["source"] = counter
    find_cell(notebook, "greet")["source"] = greet
    done = deed(notebook) if deed else None
    return done if isinstance(done, bytes) else json.dumps(notebook).encode()


def hand_in(made: Course, student: str, data: bytes) -> None:
    """Put a submission where `collect` would."""
    folder = made.root / "submitted" / student / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
