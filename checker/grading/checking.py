"""`checker check EXERCISE FILE`: one answer file against one exercise of the course, as grading would."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from checker import selfcheck, story
from checker.course import Course, CourseError, find
from checker.grading import canaries, plan, sandbox, source
from checker.grading.judge import Result, judge, unread
from checker.grading.limits import Limits
from checker.grading.source import Source, SourceError
from checker.grading.wire import sound


def check_file(exercise: str, path: Path, *, sandboxed: bool = True) -> dict[str, Any]:
    """Check a file (what one would type in the answer cell) in the sandbox.

    Returns:
        The report of DESIGN.md: `{"exercise", "points", "max_points", "checks": [...]}`; each check also
        has its `reason`, a text for a reader.

    Raises:
        CourseError: unknown exercise, unreadable file, no sandbox, or a Python on which no verdicts are given.
    """
    course = find()
    try:
        selfcheck.require()
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot read {path}: {error}") from None
    except selfcheck.PythonRefused as error:
        raise CourseError(str(error)) from None
    try:
        assignment, found = _source_of(course, exercise)
        limits = Limits()
        wrong = canaries.wrong_answers(course.sources / assignment / "answers", [exercise])
        known = canaries.make(found, wrong)
        try:
            planned = plan.single(found, exercise, sound(text), limits)
        except Exception as error:  # text can be made to defeat any reader
            checks = [check for check in found.checks if check.exercise == exercise]
            return report(exercise, unread(checks, plan.unreadable(error)))
        results = judge(found, planned, known, limits, sandboxed=sandboxed, only=exercise)
    except (SourceError, sandbox.SandboxError) as error:
        raise CourseError(str(error)) from None
    return report(exercise, results)


def report(exercise: str, results: list[Result]) -> dict[str, Any]:
    """The results of one exercise as plain data."""
    checks = [
        {
            "id": result.id,
            "points": result.points,
            "max_points": result.check.points,
            "passed": result.passed,
            "outcome": result.outcome,
            "claim": result.claim,
            "schedules": result.schedules,
            "seconds": result.seconds,
            "schedule": result.schedule,
            "reason": reason(result),
        }
        for result in results
    ]
    return {
        "exercise": exercise,
        "points": sum(result.points for result in results),
        "max_points": sum(result.check.points for result in results),
        "checks": checks,
    }


def reason(result: Result) -> str:
    """Why a check did not pass, as text; "" if it passed."""
    if result.review:
        return "for review: " + "; ".join(result.review)
    if result.passed:
        return ""
    told = story.tell(result.explorations[-1]) if result.explorations and not result.explorations[-1].holds else ""
    return "\n".join(part for part in (result.reason, told) if part)


def _source_of(course: Course, exercise: str) -> tuple[str, Source]:
    """The assignment that has the exercise. The author's text counts if it is newer than the notebook.

    Raises:
        CourseError: no assignment has it.
    """
    known: list[str] = []
    for assignment in sorted({*course.assignments(), *_written(course)}):
        found = _read(course, assignment)
        if exercise in found.exercises:
            return assignment, found
        known += found.exercises
    raise CourseError(f"no exercise {exercise}; there are {', '.join(known) or 'none'}")


def _written(course: Course) -> list[str]:
    return [path.parent.name for path in course.sources.glob("*/assignment.py")]


def _read(course: Course, assignment: str) -> Source:
    text, notebook = course.sources / assignment / "assignment.py", course.notebook(assignment)
    if not text.exists() or (notebook.exists() and notebook.stat().st_mtime >= text.stat().st_mtime):
        return source.load(notebook)
    # An author at work: converting the text takes seconds, so what came of it is kept until the text changes.
    kept = course.state / "texts" / f"{assignment}-{sha256(text.read_bytes()).hexdigest()[:16]}.ipynb"
    if not kept.exists():
        from checker import building

        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob(f"{assignment}-*.ipynb"):
            old.unlink(missing_ok=True)
        building.write(building.notebook(building.read(text), text.name), kept)
    return replace(source.load(kept), name=assignment)


def main(options: argparse.Namespace) -> int:
    """Run the command; return its exit status: 0 all passed, 1 something failed."""
    found = check_file(options.exercise, Path(options.file), sandboxed=not options.unsandboxed)
    if options.json:
        json.dump(found, sys.stdout, indent=1)
        print()
    else:
        _show(found)
    return 0 if all(check["passed"] for check in found["checks"]) else 1


def _show(found: dict[str, Any]) -> None:
    for check in found["checks"]:
        mark = "passed" if check["passed"] else check["outcome"]
        print(f"{check['id']:<20} {mark:<16} {check['points']:g} of {check['max_points']:g}   {check['claim']}")
    for check in found["checks"]:
        if check["reason"]:
            print(f"\n{check['id']}\n{check['reason']}")
    print(f"\n{found['exercise']}: {found['points']:g} of {found['max_points']:g} points")
