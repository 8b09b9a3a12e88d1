"""A day of a class with nbgrader's own commands, from release to export, and what bad hand-ins do to it.

Three learners go through every command. Five more hand in what no learner should; these lie where `collect` would
have put them, and are graded with `checker grade`. Nothing is imported from nbgrader but the gradebook that is
looked at in the end.
"""

import csv
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest

from checker.building import read
from checker.course import find, prepare

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # an nbgrader command takes seconds on a free machine

ASSIGNMENT = "02-races"
SOURCE = find().sources / ASSIGNMENT
POINTS = {cell.name: cell.points for cell in read(SOURCE / "assignment.py") if cell.mark == "check"}
COUNTER = {name: points for name, points in POINTS.items() if name.startswith("counter-")}
ALL = sum(POINTS.values())

DEADLOCK = """
import threading

class Counter:
    def __init__(self):
        self._lock, self._value = threading.Lock(), 0

    @property
    def value(self):
        return self._value

    def increment(self, n=1):
        with self._lock, self._lock:
            self._value += n
            return self._value
"""
NEVER_ENDS = """
class Counter:
    value = 0

    def increment(self, n=1):
        while True:
            pass
"""

Notebook = Any


class Class:
    """A course in a folder of its own, and its learners."""

    def __init__(self, root: Path) -> None:
        self.course = find().copy_to(root, [ASSIGNMENT])
        prepare(self.course, say=lambda text: None)

    def run(self, *command: str, work: str = "", good: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `python -m …` in the course's folder; `work` names the learner whose own folder it uses."""
        environment = self.course.environment() | {"CHECKER_COURSE": str(self.course.root)}
        if work:
            environment["CHECKER_WORK"] = str(self.folder(work))
            environment["JUPYTER_DATA_DIR"] = str(self.folder(work) / "data")
        run = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.course.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        if good:
            assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
        return run

    def folder(self, learner: str) -> Path:
        return self.course.root / "learners" / learner

    def notebook(self, learner: str) -> Path:
        return self.folder(learner) / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"

    def hand_in(self, learner: str, spoil: Callable[[Path], None]) -> None:
        """Fetch, answer everything rightly, spoil it, submit."""
        self.folder(learner).mkdir(parents=True)
        self.run("nbgrader", "fetch_assignment", ASSIGNMENT, work=learner)
        answer(self.notebook(learner), solutions())
        spoil(self.notebook(learner))
        self.run("nbgrader", "submit", ASSIGNMENT, f"--student={learner}", work=learner)

    def put(self, learner: str, spoil: Callable[[Path], None]) -> None:
        """The same without commands: what `collect` would have fetched."""
        folder = self.course.root / "submitted" / learner / ASSIGNMENT
        shutil.copytree(self.course.exercises / ASSIGNMENT, folder)
        answer(folder / f"{ASSIGNMENT}.ipynb", solutions())
        spoil(folder / f"{ASSIGNMENT}.ipynb")

    def hand_in_all(self, spoiled: dict[str, Callable[[Path], None]]) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self.hand_in, spoiled, spoiled.values()))

    def gradebook(self, learners: Iterable[str]) -> dict[str, dict[str, tuple[float, bool]]]:
        """learner -> check id -> (score, needs review)."""
        from nbgrader.api import Gradebook

        with Gradebook(self.course.gradebook, "acquire") as book:
            marks = {}
            for learner in learners:
                submission = book.find_submission(ASSIGNMENT, learner)
                grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
                marks[learner] = {grade.name: (grade.score, grade.needs_manual_grade) for grade in grades}
            return marks


def solutions() -> dict[str, str]:
    """The answer of each exercise as the instructor has it."""
    return {cell.name: cell.source for cell in read(SOURCE / "assignment.py") if cell.mark == "answer"}


def kept(name: str) -> str:
    return (SOURCE / "answers" / "counter" / f"{name}.py").read_text()


def change(path: Path, edit: Callable[[Notebook], None]) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    edit(notebook)
    nbformat.write(notebook, path)


def answer(path: Path, answers: dict[str, str]) -> None:
    """Type answers into their cells."""

    def edit(notebook: Notebook) -> None:
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(name, cell.source)

    change(path, edit)


def unspoiled(path: Path) -> None:
    """Everything stays right."""


def counter(text: str) -> Callable[[Path], None]:
    return lambda path: answer(path, {"counter": text})


def without(cell_id: str) -> Callable[[Path], None]:
    def edit(notebook: Notebook) -> None:
        notebook.cells = [
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != cell_id
        ]

    return lambda path: change(path, edit)


def total(marks: dict[str, tuple[float, bool]]) -> float:
    return sum(score for score, _ in marks.values())


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The three learners, graded by `nbgrader autograde`, with feedback and export."""
    here = Class(tmp_path_factory.mktemp("day"))
    here.run("nbgrader", "generate_assignment", ASSIGNMENT, "--force")
    here.run("nbgrader", "release_assignment", ASSIGNMENT, "--force")
    here.hand_in_all(
        {
            "right": unspoiled,
            "wrong": counter(kept("wrong_no_lock")),
            "deadlock": counter(DEADLOCK),
        }
    )
    here.run("nbgrader", "collect", ASSIGNMENT)
    here.run("nbgrader", "autograde", ASSIGNMENT)
    here.run("nbgrader", "generate_feedback", ASSIGNMENT)
    here.run("nbgrader", "release_feedback", ASSIGNMENT)
    here.run("nbgrader", "export", "--to", "grades.csv")
    return here


def test_each_of_three_learners_gets_the_mark_deserved(day: Class) -> None:
    marks = day.gradebook(["right", "wrong", "deadlock"])
    named = {"counter-1", "counter-2", "counter-6"}
    assert total(marks["right"]) == ALL
    assert {name for name, (score, _) in marks["wrong"].items() if score < POINTS[name]} == named
    assert total(marks["wrong"]) == ALL - sum(POINTS[name] for name in named)
    assert {name: score for name, (score, _) in marks["deadlock"].items() if name in COUNTER and score} == {}
    assert total(marks["deadlock"]) == ALL - sum(COUNTER.values())


def test_nothing_is_left_for_review(day: Class) -> None:
    marks = day.gradebook(["right", "wrong", "deadlock"])
    assert not any(review for each in marks.values() for _, review in each.values())


def test_the_export_has_the_marks_of_the_gradebook(day: Class) -> None:
    with open(day.course.root / "grades.csv", newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    marks = day.gradebook(exported)
    assert exported == {learner: total(each) for learner, each in marks.items()}


def test_feedback_tells_the_failure_and_hides_the_hidden_checks(day: Class) -> None:
    page = (day.course.root / "feedback" / "deadlock" / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text()
    assert "deadlock" in page
    hidden = [cell for cell in read(SOURCE / "assignment.py") if cell.hidden]
    assert hidden
    for cell in hidden:
        scenario = cell.source.split("(")[0].removeprefix("def ")
        assert f"def {scenario}" not in page


def test_a_learner_can_fetch_the_feedback(day: Class) -> None:
    day.run("nbgrader", "fetch_feedback", ASSIGNMENT, work="wrong")
    pages = list(day.folder("wrong").rglob("feedback/**/*.html"))
    assert pages


def test_the_discussions_come_along_with_the_release(day: Class) -> None:
    folder = day.notebook("right").parent / "discussion"
    assert {path.stem for path in folder.glob("*.md")} == set(solutions())


#: What no learner should hand in, and the checks that it may cost.
BAD: dict[str, Callable[[Path], None]] = {
    "syntax-error": counter("class Counter\n    pass\n"),
    "empty": counter(""),
    "never-ends": counter(NEVER_ENDS),
    "deleted-check": without("counter-1"),
    "not-json": lambda path: path.write_text("{ this is not JSON") and None,
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Class, float]:
    """The bad ones with two good ones around them, graded by `checker grade`; and its seconds of processor time."""
    here = Class(tmp_path_factory.mktemp("bad"))
    for learner, spoil in {"a-right": unspoiled, **BAD, "z-right": unspoiled}.items():
        here.put(learner, spoil)
    before = processor_time_of_children()
    here.run("checker", "grade", ASSIGNMENT)
    return here, processor_time_of_children() - before


def processor_time_of_children() -> float:
    """Seconds, of all that have ended: what a busy machine does not change."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_everybody_else_is_unharmed(bad: tuple[Class, float]) -> None:
    marks = bad[0].gradebook(["a-right", "z-right"])
    assert [total(each) for each in marks.values()] == [ALL, ALL]


@pytest.mark.parametrize("learner", ["syntax-error", "empty", "never-ends"])
def test_a_bad_answer_costs_its_own_exercise_alone(bad: tuple[Class, float], learner: str) -> None:
    marks = bad[0].gradebook([learner])[learner]
    assert {name: score for name, (score, _) in marks.items() if name in COUNTER and score} == {}
    assert total(marks) == ALL - sum(COUNTER.values())


def test_a_deleted_check_gets_a_mark_or_review(bad: tuple[Class, float]) -> None:
    marks = bad[0].gradebook(["deleted-check"])["deleted-check"]
    score, review = marks["counter-1"]
    assert review or score in (0, POINTS["counter-1"])
    assert total(marks) - score == ALL - POINTS["counter-1"]


def test_what_is_no_notebook_is_reviewed_at_zero(bad: tuple[Class, float]) -> None:
    marks = bad[0].gradebook(["not-json"])["not-json"]
    assert set(marks) == set(POINTS) and total(marks) == 0
    assert any(review for _, review in marks.values())


def test_a_hang_costs_seconds_not_minutes(bad: tuple[Class, float]) -> None:
    assert bad[1] < 90


def test_what_was_handed_in_stays_as_it_was(bad: tuple[Class, float]) -> None:
    handed_in = bad[0].course.root / "submitted" / "not-json" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert handed_in.read_text() == "{ this is not JSON"
