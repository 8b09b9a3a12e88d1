"""From a submitted notebook to a graded one, as plain data: what the preprocessor and the batch have in common."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.grading import canaries, feedback, plan, source
from checker.grading.canaries import Canary
from checker.grading.judge import REVIEW, Result, judge
from checker.grading.limits import Limits
from checker.grading.source import Source
from checker.grading.submission import Submission


@dataclass(slots=True)
class Graded:
    """What grading made of a submission."""

    outputs: dict[str, list[dict[str, Any]]]  # check id -> outputs of its cell
    points: dict[str, float]  # check id -> points
    review: list[str] = field(default_factory=list)  # check ids that a person must look at
    comments: dict[str, str] = field(default_factory=dict)  # answer id -> comment
    outcomes: dict[str, str] = field(default_factory=dict)  # check id -> "passed", "review" or how it failed
    reasons: dict[str, str] = field(default_factory=dict)  # check id -> one line on why it did not pass


@functools.lru_cache(maxsize=32)
def _loaded(path: Path, modified: int, answers: Path | None) -> tuple[Source, tuple[Canary, ...]]:
    found = source.load(path)
    return found, tuple(canaries.load(found, answers)) if answers else ()


def load(path: Path, answers: Path | None) -> tuple[Source, tuple[Canary, ...]]:
    """The instructor's notebook and the canaries from its known wrong answers, read once per version.

    Raises:
        OSError, source.SourceError: it cannot be used.
    """
    return _loaded(path, path.stat().st_mtime_ns, answers if answers and answers.is_dir() else None)


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
    if submitted.problem:
        results = [
            Result(check, outcome=REVIEW, reason=submitted.problem, review=[submitted.problem])
            for check in found.checks
        ]
    else:
        cells, positions = submitted.submitted(found)
        planned = plan.make(found, cells, limits, positions)
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
        notes = [note for result in own for note in submitted.notes.get(result.id, [])]
        notes += submitted.notes.get(exercise, [])
        graded.comments[exercise] = feedback.comment(own, notes)
    return graded
