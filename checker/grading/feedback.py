"""What a learner and an instructor read in a graded notebook: the verdict of each check as cell outputs.

Only text and PNG pictures are written, never HTML: nothing that a submission printed can run in a reader's browser.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import replace
from typing import Any

from checker import pictures, story
from checker.grading.judge import Result
from checker.outcomes import Execution, Exploration

#: Stands for a source line of a hidden check.
_HIDDEN = "(hidden check)"
_WIDTH = 860  # pixels at which a picture is shown: nbgrader's feedback pages do not shrink it
_drawing = threading.Lock()  # matplotlib's settings are global, and a Dask worker has threads


def outputs(result: Result) -> list[dict[str, Any]]:
    """The outputs of a check cell.

    An error output is what makes nbgrader give no points; its value begins with the outcome, for `report`.
    """
    if result.review:
        told = ["for review: a person will look at this answer", *result.review]
        return [_error("NeedsReview", f"review: {'; '.join(result.review)}", "\n".join(told))]
    shown = [redacted(exploration, result) for exploration in result.explorations]
    if result.passed:
        return [_display({"text/plain": "\n".join(story.headline(each) for each in shown)})]
    failed = shown[-1] if shown and not shown[-1].holds else None
    why = f"{result.outcome}: {one_line(result)}"
    if failed is None:
        return [_error("CheckFailed", why, f"✗ {result.id}: {result.reason}")]
    text = story.tell(failed)
    if result.reason:
        text = f"{result.reason}\n\n{text}"
    # The text stands in the error; beside the picture it is only what a screen reader says.
    with _drawing:
        picture = base64.b64encode(pictures.png(failed)).decode()
    shown_as = _display({"image/png": picture, "text/plain": story.headline(failed)})
    shown_as["metadata"] = {"image/png": {"alt": pictures.alt_text(failed), "width": _WIDTH}}
    return [shown_as, _error("CheckFailed", why, text)]


def redacted(exploration: Exploration, result: Result) -> Exploration:
    """The exploration without the text of a hidden check."""
    if not result.check.hidden:
        return exploration
    failure = exploration.failure
    if failure is not None:
        failure = _without_lines(failure, f"<{result.id}>")
    return replace(exploration, failure=failure, expected=exploration.expected and "what the check allows")


def _without_lines(failure: Execution, file: str) -> Execution:
    def hide(record: Any) -> Any:
        return replace(record, source=_HIDDEN) if record.file == file else record

    return replace(
        failure,
        schedule="",
        steps=tuple(hide(step) for step in failure.steps),
        stuck=tuple(hide(stuck) for stuck in failure.stuck),
    )


def comment(results: list[Result], notes: list[str]) -> str:
    """What stands beside an answer cell in formgrader and in the feedback; "" if there is nothing to say."""
    reviews = dict.fromkeys(text for result in results for text in result.review)
    lines = [f"For review: {text}." for text in reviews] + [f"Note: {note}." for note in dict.fromkeys(notes)]
    return "\n".join(lines)


def one_line(result: Result) -> str:
    """Why a check did not pass, in one line; what the answer's own cell raised comes first."""
    if result.review:
        return "; ".join(result.review)
    shown = [redacted(each, result) for each in result.explorations if not each.holds]
    told = [result.reason, story.headline(shown[-1]) if shown else ""]
    return "; ".join(text.split("\n")[0] for text in told if text)


def _display(data: dict[str, str]) -> dict[str, Any]:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _error(name: str, value: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": text.split("\n")}
