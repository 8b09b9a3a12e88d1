"""From a submitted notebook to a graded one, as plain data: what the preprocessor and the batch have in common."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker import selfcheck
from checker.grading import canaries, feedback, plan, session, source, submission
from checker.grading.canaries import Canary
from checker.grading.judge import judge, unread
from checker.grading.limits import Limits
from checker.grading.source import Source
from checker.grading.submission import Submission

#: Characters of all code cells together that are neither answers nor the instructor's. Parsed, text takes some hundred
#: times its size.
_HELPERS = 512 << 10


@dataclass(slots=True)
class Graded:
    """What grading made of a submission."""

    outputs: dict[str, list[dict[str, Any]]]  # check id -> outputs of its cell
    points: dict[str, float]  # check id -> points
    review: list[str] = field(default_factory=list)  # check ids that a person must look at
    comments: dict[str, str] = field(default_factory=dict)  # answer id -> comment
    outcomes: dict[str, str] = field(default_factory=dict)  # check id -> "passed", "review" or how it failed
    reasons: dict[str, str] = field(default_factory=dict)  # check id -> one line on why it did not pass


@dataclass(frozen=True, slots=True)
class Release:
    """The instructor's side of one notebook, as plain data: it can be sent to another machine."""

    name: str
    notebook: str  # JSON
    wrong: str  # JSON: exercise -> texts of known wrong answers


def load(path: Path, answers: Path) -> Release:
    """Read the instructor's notebook, and the known wrong answers if there are any.

    Raises:
        OSError, source.SourceError: it cannot be used.
    """
    found = source.load(path)
    wrong = canaries.wrong_answers(answers, found.exercises)
    return Release(path.stem, path.read_text(encoding="utf-8"), json.dumps(wrong))


@functools.lru_cache(maxsize=32)
def parsed(release: Release) -> tuple[Source, tuple[Canary, ...]]:
    """The source and the canaries of a release.

    Raises:
        source.SourceError: the notebook cannot be used for grading.
    """
    found = source.from_notebook(release.name, json.loads(release.notebook))
    return found, tuple(canaries.make(found, json.loads(release.wrong)))


def grade_file(
    release: Release, data: bytes, limits: Limits, *, sandboxed: bool = True
) -> tuple[dict[str, Any], Graded]:
    """Grade the bytes of a submitted notebook: the whole job of one submission, wherever it is run.

    Returns:
        The graded notebook, with outputs, and its marks.

    Raises:
        sandbox.SandboxError: untrusted code cannot be locked in here.
        selfcheck.PythonRefused: no verdicts are given on this Python.
    """
    selfcheck.require()
    if sandboxed:
        session.proven(limits)
    found, known = parsed(release)
    raw, problem = submission.parse(data, limits)
    rebuilt = submission.rebuild(raw, problem, found)
    graded = grade(found, rebuilt, known, limits, sandboxed=sandboxed)
    for cell in rebuilt.cells:
        cell_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell_id in graded.outputs:
            cell["outputs"] = graded.outputs[cell_id]
    return rebuilt.notebook(found), graded


def grade(
    found: Source,
    submitted: Submission,
    known: Sequence[Canary],
    limits: Limits,
    *,
    sandboxed: bool = True,
) -> Graded:
    """Grade a rebuilt submission.

    Raises:
        sandbox.SandboxError: no locked-down worker could be started.
    """
    planned = _planned(found, submitted, limits)
    if isinstance(planned, str):
        results = unread(found.checks, planned)
    else:
        results = judge(found, planned, known, limits, sandboxed=sandboxed)
    graded = Graded({}, {})
    for result in results:
        graded.outputs[result.id] = feedback.outputs(result)
        graded.points[result.id] = result.points
        graded.outcomes[result.id] = "passed" if result.passed else result.outcome
        if not result.passed:
            graded.reasons[result.id] = feedback.one_line(result)
        if result.review:
            graded.review.append(result.id)
    for exercise in found.exercises:
        own = [result for result in results if result.check.exercise == exercise]
        notes = [note for result in own for note in [*submitted.notes.get(result.id, []), *result.notes]]
        notes += submitted.notes.get(exercise, [])
        graded.comments[exercise] = feedback.comment(own, notes)
    return graded


def _planned(found: Source, submitted: Submission, limits: Limits) -> plan.Plan | str:
    """What to run of a submission; a text says why a person must look at it instead."""
    if submitted.problem:
        return submitted.problem
    cells, positions = submitted.submitted(found)
    size = sum(len(cell.source) for cell in cells if not cell.exercise)
    if size > _HELPERS:
        return f"the cells that are no answers are {size:,} characters long together; at most {_HELPERS:,} are read"
    try:
        return plan.make(found, cells, limits, positions)
    except Exception as error:  # text can be made to defeat any reader
        return plan.unreadable(error)
