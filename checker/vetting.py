"""Faults in the course's text that a person would not see by looking: `python -m checker build --check`.

Each exercise must be able to prove itself: its stub is no solution, every claim has its points, hints and
discussion are there, and right and wrong answers lie beside it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.building import Cell, checked, read
from checker.course import Course

RIGHT_ANSWERS, WRONG_ANSWERS, HINTS = 4, 8, 2

_SOLUTION = re.compile(r"^\s*### BEGIN SOLUTION\n(.*?)^\s*### END SOLUTION", re.DOTALL | re.MULTILINE)
_FAILS = re.compile(r"# fails: (all|[\w-]+( [a-z]+)?(, [\w-]+( [a-z]+)?)*)$")
#: What may lie in a topic's folder.
_PLACES = re.compile(
    r"lesson\.py|assignment\.py|discussion/[a-z_]+\.md|answers/[a-z_]+/(right|wrong)_\w+\.py|data/[\w.-]+"
)


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, as its assignment's text has it."""

    name: str
    topic: str
    answer: Cell
    checks: tuple[Cell, ...]
    text: str  # the markdown from the previous exercise to the answer

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks)


def exercises(course: Course, topic: str) -> list[Exercise]:
    """The exercises of a topic, in the order of the text; none if it has no assignment."""
    path = course.sources / topic / "assignment.py"
    if not path.exists():
        return []
    cells = read(path)
    found, text = [], ""
    for cell in cells:
        if cell.kind == "markdown":
            text += cell.source + "\n"
        if cell.mark == "answer":
            checks = tuple(each for each in cells if each.mark == "check" and each.exercise == cell.name)
            found.append(Exercise(cell.name, topic, cell, checks, text))
            text = ""
    return found


def faults(course: Course) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    names: Counter[str] = Counter()
    for topic in course.topics():
        yield from _stray(course.sources / topic)
        found = exercises(course, topic)
        for exercise in found:
            names[exercise.name] += 1
            place = f"{topic}, {exercise.name}"
            yield from (f"{place}: {fault}" for fault in _of_exercise(exercise))
            yield from (f"{place}: {fault}" for fault in _of_files(course.sources / topic, exercise))
        yield from (f"{topic}: {fault}" for fault in _of_assignment(course, topic, found))
    yield from (f"{name} is the id of {count} exercises" for name, count in names.items() if count > 1)


def _of_exercise(exercise: Exercise) -> Iterator[str]:
    expected = [f"{exercise.name}-{number}" for number in range(1, len(exercise.checks) + 1)]
    if [check.name for check in exercise.checks] != expected:
        yield f"its checks are not {exercise.name}-1, {exercise.name}-2, … in this order"
    yield from (f"{check.name} has no points" for check in exercise.checks if check.points < 1)
    yield from (f"{check.name} calls check() nowhere" for check in exercise.checks if not list(checked(check)))
    if not any(check.hidden for check in exercise.checks):
        yield "it has no hidden check"
    hints = re.findall(r"<details>(.*?)</details>", exercise.text, re.DOTALL)
    said = [re.sub(r"<summary>.*?</summary>", "", hint).strip() for hint in hints]
    if len(said) != HINTS or any(len(hint) < 20 for hint in said):
        yield f"it has not {HINTS} hints with something in them"
    lines = "\n".join(_SOLUTION.findall(exercise.answer.source)).splitlines()
    if not any(line.strip() and not line.strip().startswith("#") for line in lines):
        yield "nothing stands between BEGIN SOLUTION and END SOLUTION: the stub is already solved"


def _of_files(folder: Path, exercise: Exercise) -> Iterator[str]:
    discussion = folder / "discussion" / f"{exercise.name}.md"
    if not discussion.exists() or len(discussion.read_text(encoding="utf-8").split()) < 20:
        yield "its discussion is missing or empty"
    answers = folder / "answers" / exercise.name
    for kind, least in (("right", RIGHT_ANSWERS), ("wrong", WRONG_ANSWERS)):
        present = len(list(answers.glob(f"{kind}_*.py")))
        if present < least:
            yield f"it has {present} {kind} answers, fewer than {least}"
    ids = {check.name for check in exercise.checks} | {"all"}
    for wrong in sorted(answers.glob("wrong_*.py")):
        first, _, rest = wrong.read_text(encoding="utf-8").partition("\n")
        if not _FAILS.match(first) or not rest.startswith("# "):
            yield f"{wrong.name} does not begin with `# fails: …` and a comment that says the mistake"
        elif not ids.issuperset(part.split()[0] for part in first.removeprefix("# fails: ").split(", ")):
            yield f"{wrong.name} names a check that does not exist"


def _of_assignment(course: Course, topic: str, found: list[Exercise]) -> Iterator[str]:
    if not found:
        return
    cells = read(course.sources / topic / "assignment.py")
    names = {exercise.name for exercise in found}
    for cell in cells:
        if cell.mark == "check" and cell.exercise not in names:
            yield f"{cell.name} is the check of no exercise"
    counts = Counter(cell.name for cell in cells if cell.mark).items()
    yield from (f"the id {name} is there {count} times" for name, count in counts if count > 1)
    text = "\n".join(cell.source for cell in cells)
    discussed = set(re.findall(r"^discuss\(\"(\w+)\"\)", text, re.MULTILINE))
    yield from (f'no cell calls discuss("{name}")' for name in sorted(names - discussed))


def _stray(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(folder).as_posix()
            if not _PLACES.fullmatch(name):
                yield f"{folder.name}: {name} has no business there"
