"""`checker demo`: a small class from release to feedback in a temporary folder, with people who cheat.

The course's first assignment is released, fetched, answered by each student in their own way, submitted, collected,
graded, fed back; in the end the gradebook is shown as a table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from checker.course import Course, CourseError, find, prepare
from checker.grading import batch, exercises, report, source
from checker.grading.records import Records

#: What a student does to the notebook: id of the answer cell -> text, or anything with the whole notebook.
Deed = Callable[[dict[str, Any]], None]

_PATCHES = (
    "import threading\nclass Alone(threading.Thread):\n    start = threading.Thread.run\nthreading.Thread = Alone\n"
)
_LIES = "class Counter:\n    value = type('Always', (int,), {'__eq__': lambda a, b: True})(0)\n"
_LIES += "    def increment(self, n=1):\n        return self.value\n"
_LOOKS = "import inspect\nexpected = inspect.stack()\n"
_QUITS = "import os\nos._exit(0)\n"
_SPINS = "class Counter:\n    value = 0\n    def increment(self, n=1):\n        while True:\n            pass\n"
_EATS = "class Counter:\n    def __init__(self):\n        self.all = bytearray(4 << 30)\n"
_FLOODS = "for number in range(10**6):\n    print('<script>alert(1)</script>', number)\n"


@dataclass(frozen=True, slots=True)
class Student:
    """One of the class."""

    name: str
    what: str
    deed: Deed


def main(options: argparse.Namespace) -> int:
    """Run the demo; return its exit status."""
    course = find()
    assignment = course.assignments()[0]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="checker-demo-") as folder:
        copy = course.copy_to(Path(folder), [assignment])
        _say(f"A course in a temporary folder, with the assignment {assignment}")
        prepare(copy, say=lambda text: None)
        students = _class(course, assignment)
        _say(f"{len(students)} students fetch it, answer it and submit it")
        for student in students:
            _hand_in(copy, assignment, student)
        config = exercises.settings(copy)
        _start(ExchangeFactory(config=config).Collect, config, assignment)
        _say("Collected; now grading")
        rows = batch.grade_class(copy, [assignment])
        _say("Feedback for everybody")
        _start(GenerateFeedback, config, assignment)
        _start(ExchangeFactory(config=config).ReleaseFeedback, config, assignment)
        _show(copy, config, assignment, students)
    print(f"\n{time.monotonic() - began:.0f} s from release to feedback.")
    return 1 if any(row.mark is None for row in rows) else 0


def _class(course: Course, assignment: str) -> list[Student]:
    found = source.load(course.notebook(assignment))
    solutions = {name: source.solution(found.answer(name).source) for name in found.exercises}
    target = "counter" if "counter" in solutions else next(iter(solutions))
    answers = course.sources / assignment / "answers"

    def answering(**changed: str) -> Deed:
        def fill(notebook: dict[str, Any]) -> None:
            for cell in notebook["cells"]:
                name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
                if name in solutions:
                    cell["source"] = changed.get(name, solutions[name])

        return fill

    def then(deed: Deed, text: str = solutions[target]) -> Deed:
        def both(notebook: dict[str, Any]) -> None:
            answering(**{target: text})(notebook)
            deed(notebook)

        return both

    def tagged(notebook: dict[str, Any]) -> None:
        for cell in notebook["cells"]:
            cell["metadata"]["tags"] = ["skip-execution"]

    def without_checks(notebook: dict[str, Any]) -> None:
        notebook["cells"] = [cell for cell in notebook["cells"] if "-" not in _grade_id(cell)]

    def twice(notebook: dict[str, Any]) -> None:
        notebook["cells"] += [dict(cell) for cell in notebook["cells"] if _grade_id(cell) == target]

    def own_file(deed: str) -> str:
        return (answers / target / f"{deed}.py").read_text(encoding="utf-8")

    students = [Student("ada", "the model solution", answering())]
    for name, kind in (("ben", "right"), ("cem", "right"), ("dora", "wrong"), ("emil", "wrong"), ("fay", "wrong")):
        paths = sorted((answers / target).glob(f"{kind}_*.py"))
        path = paths[len(students) % len(paths)]
        students.append(Student(name, path.stem.replace("_", " "), answering(**{target: own_file(path.stem)})))
    students += [
        Student("gus", "leaves the answer empty", answering(**{target: "..."})),
        Student("hal", "replaces threading.Thread", answering(**{target: _PATCHES + solutions[target]})),
        Student("ian", "its values equal everything", answering(**{target: _LIES})),
        Student("jon", "looks for the expected values", answering(**{target: _LOOKS + solutions[target]})),
        Student("kim", "ends the process", answering(**{target: _QUITS})),
        Student("leo", "spins for ever", answering(**{target: _SPINS})),
        Student("max", "asks for 4 GiB", answering(**{target: _EATS})),
        Student("ned", "floods the output, but is right", answering(**{target: _FLOODS + solutions[target]})),
        Student("ole", "tags every cell skip-execution", then(tagged, own_file("wrong_no_lock"))),
        Student("pia", "deletes the checks", then(without_checks, own_file("wrong_no_lock"))),
        Student("quin", "pastes the answer cell twice", then(twice)),
        Student("rex", "submits no notebook", lambda notebook: notebook.clear()),
    ]
    return students


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _hand_in(course: Course, assignment: str, student: Student) -> None:
    config = exercises.settings(course)
    own = course.root / "learners" / student.name
    own.mkdir(parents=True)
    config.Exchange.assignment_dir = str(own)
    exchange = ExchangeFactory(config=config)
    _start(exchange.FetchAssignment, config, assignment, student.name)
    path = own / assignment / f"{assignment}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    student.deed(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    _start(exchange.Submit, config, assignment, student.name)


def _start(kind: Any, config: Config, assignment: str, student: str = "*") -> None:
    folder = CourseDirectory(config=config, assignment_id=assignment, student_id=student)
    access = {} if kind is GenerateFeedback else {"authenticator": Authenticator(config=config)}
    application = kind(coursedir=folder, config=config, **access)
    application.log.setLevel("CRITICAL")
    try:
        application.start()
    except (Exception, SystemExit) as error:  # nbgrader ends the process where it cannot go on
        raise CourseError(f"nbgrader could not {kind.__name__.lower()}: {error}") from error


def _show(course: Course, config: Config, assignment: str, students: list[Student]) -> None:
    found = report.findings(course.root / "autograded", assignment)
    pages = {path.parent.parent.name for path in (course.root / "feedback").glob(f"*/{assignment}/*.html")}
    width = max(len(student.what) for student in students)
    print(f"\n{'student':<8}{'did what':<{width + 2}}{'points':>8}  {'feedback':<9} why not all")
    with Records(config) as records:
        for student in students:
            mark = records.score(assignment, student.name)
            own = [each for each in found if each.student == student.name and each.outcome != "passed"]
            why = (f"{own[0].check} {own[0].outcome}: {own[0].reason}" if own else "")[:90]
            said = "yes" if student.name in pages else "no"
            score = f"{mark.points:g}/{mark.most:g}{'*' if mark.review else ' '}"
            print(f"{student.name:<8}{student.what:<{width + 2}}{score:>8}  {said:<9} {why}")
    print("* a person must look at it: nothing is marked zero in silence")


def _say(text: str) -> None:
    print(f"\n{text} …", flush=True)
