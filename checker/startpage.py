"""What the start page shows: whether the installation works, and how far its reader has come.

Progress is read from the learner's own notebooks as they were last saved; nothing is kept anywhere else.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from checker import doctor
from checker.course import Course, find


@dataclass(frozen=True, slots=True)
class Installation:
    """What the doctor found, for a page or as text."""

    findings: list[doctor.Finding]

    def _repr_html_(self) -> str:
        lacking = [finding for finding in self.findings if finding.needed and not finding.good]
        line = f"{len(lacking)} thing(s) are missing" if lacking else "Everything that the course needs is here."
        rows = "".join(
            f"<tr><td>{'✓' if finding.good else '✗' if finding.needed else '–'}</td>"
            f"<td>{escape(finding.what)}</td><td>{escape('' if finding.good else finding.advice)}</td></tr>"
            for finding in self.findings
        )
        kind = "ck-fails" if lacking else "ck-passes"
        return _page(kind, line, f"<table><tbody>{rows}</tbody></table>", "Installation")

    def __repr__(self) -> str:
        return doctor.text(self.findings)


def installation() -> Installation:
    """Look whether everything that the course needs is installed and works (about a second)."""
    return Installation(doctor.examine())


@dataclass(frozen=True, slots=True)
class Topic:
    """How far a learner has come with one lesson and its exercises."""

    name: str
    title: str
    lesson: str  # path of the lesson's notebook, relative to the start page
    cells: int  # code cells of the lesson
    run: int  # those that have been run
    checks: int  # visible checks of the exercises; 0 if there are none
    passed: int
    assignment: str = ""  # path of the learner's copy, relative to the start page; "" if not fetched


@dataclass(frozen=True, slots=True)
class Map:
    """The lessons and exercises, with the learner's progress."""

    topics: list[Topic]

    def _repr_html_(self) -> str:
        rows = "".join(map(_row, self.topics))
        head = "<thead><tr><th>lesson</th><th>cells run</th><th>exercises</th><th>checks passed</th></tr></thead>"
        passed, checks = (sum(getattr(topic, field) for topic in self.topics) for field in ("passed", "checks"))
        line = f"{passed} of {checks} checks passed so far" if passed else "The way through the course"
        return _page("ck-explored", line, f"<table>{head}<tbody>{rows}</tbody></table>", "Map of the course")

    def __repr__(self) -> str:
        return "\n".join(
            f"{topic.title:<60} cells run {topic.run}/{topic.cells}"
            + (f", checks passed {topic.passed}/{topic.checks}" if topic.checks else "")
            for topic in self.topics
        )


def course_map() -> Map:
    """The lessons and exercises there are, with progress; run it again after saving a notebook."""
    course = find()
    here = course.lessons
    return Map([_topic(course, path, here) for path in sorted(here.glob("*.ipynb")) if path != here / _START])


_START = "00-start.ipynb"


def _topic(course: Course, lesson: Path, here: Path) -> Topic:
    name = lesson.stem
    cells = _cells(lesson)
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    released = _checks(_cells(course.exercises / name / f"{name}.ipynb"))
    own = course.work / name / f"{name}.ipynb"
    mine = _checks(_cells(own))
    return Topic(
        name=name,
        title=_title(cells) or name,
        lesson=lesson.name,
        cells=len(code),
        run=sum(cell.get("execution_count") is not None for cell in code),
        checks=len(released or mine),
        passed=sum(map(_passed, mine)),
        assignment=os.path.relpath(own, here) if own.exists() else "",
    )


def _cells(path: Path) -> list[dict[str, Any]]:
    """The cells of a notebook; none if there is no such file, or nobody can read it."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _checks(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The check cells that a learner can run; a hidden one has no code but its comment."""
    return [
        cell
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("grade") and "\ncheck(" in "\n" + cell["source"]
    ]


def _passed(cell: dict[str, Any]) -> bool:
    ran = cell.get("execution_count") is not None
    return ran and not any(output.get("output_type") == "error" for output in cell.get("outputs", []))


def _title(cells: list[dict[str, Any]]) -> str:
    first = cells[0]["source"] if cells else ""
    return str(first.splitlines()[0].lstrip("# ")) if first.startswith("#") else ""


def _row(topic: Topic) -> str:
    if topic.assignment:
        work = f'<a href="{quote(topic.assignment)}">open</a>'
    else:
        work = "not fetched" if topic.checks else ""
    share = topic.passed / topic.checks if topic.checks else 0
    bar = f'<span class="ck-bar" style="width: {6 * share:.1f}em" aria-hidden="true"></span> ' if share else ""
    passed = f"{bar}{topic.passed} of {topic.checks}" if topic.checks else ""
    done = " ✓" if topic.checks and topic.passed == topic.checks else ""
    return (
        f'<tr><td><a href="{quote(topic.lesson)}">{escape(topic.title)}</a></td>'
        f"<td>{topic.run} of {topic.cells}</td><td>{work}</td><td>{passed}{done}</td></tr>"
    )


def _page(kind: str, line: str, body: str, label: str) -> str:
    style = (files("checker.telling") / "page.css").read_text(encoding="utf-8")
    return (
        f'<style>{style}</style><div class="ck-verdict {kind}" role="region" aria-label="{label}">'
        f'<p class="ck-headline">{escape(line)}</p>{body}</div>'
    )
