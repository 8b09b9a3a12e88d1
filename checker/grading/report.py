"""The class report: one page for the instructor, from the graded notebooks.

For each exercise the share that passed every check, how the others failed and how often, and who needs review.
"""

from __future__ import annotations

import base64
import html
import io
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from checker.style import SETTINGS

#: Failures listed for each exercise.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one check of one student."""

    student: str
    check: str
    outcome: str  # "passed", "review" or how it failed
    reason: str

    @property
    def exercise(self) -> str:
        """The exercise that the check belongs to."""
        return self.check.rpartition("-")[0]


def findings(graded: Path, assignment: str) -> list[Finding]:
    """Read the graded notebooks below `graded` (nbgrader's `autograded/`)."""
    found = []
    for path in sorted(graded.glob(f"*/{assignment}/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            mark = cell["metadata"].get("nbgrader", {})
            if mark.get("grade") and not mark.get("solution") and cell["cell_type"] == "code":
                outcome, reason = _outcome(cell["outputs"])
                found.append(Finding(path.parent.parent.name, mark["grade_id"], outcome, reason))
    return found


def _outcome(outputs: Iterable[dict[str, Any]]) -> tuple[str, str]:
    for output in outputs:
        if output["output_type"] == "error":
            outcome, _, reason = output["evalue"].partition(": ")
            return outcome, reason
    return "passed", ""


def page(assignment: str, found: list[Finding]) -> str:
    """The report as one HTML page without scripts or links."""
    exercises = list(dict.fromkeys(each.exercise for each in found))
    students = {each.student for each in found}
    parts = [f"<h1>{html.escape(assignment)}</h1><p>{len(students)} graded submissions.</p>"]
    if found:
        parts.append(f'<img alt="{html.escape(_in_words(found))}" src="data:image/png;base64,{_picture(found)}">')
    for exercise in exercises:
        own = [each for each in found if each.exercise == exercise]
        failed = {each.student for each in own if each.outcome != "passed"}
        everyone = {each.student for each in own}
        parts.append(
            f"<h2>{html.escape(exercise)}: {len(everyone - failed)} of {len(everyone)} passed every check</h2>"
        )
        counts = Counter((each.check, each.reason) for each in own if each.outcome not in ("passed", "review"))
        rows = [(str(number), check, reason) for (check, reason), number in counts.most_common(_MOST)]
        parts.append(_table(("students", "check", "what happened"), rows, "No check failed."))
    reviews = sorted({(each.student, each.exercise, each.reason) for each in found if each.outcome == "review"})
    parts.append(f"<h2>For review: {len({student for student, _, _ in reviews})} submissions</h2>")
    parts.append(_table(("student", "exercise", "why"), reviews, "Nobody."))
    return _PAGE.format(title=html.escape(assignment), body="\n".join(parts))


def write(graded: Path, assignment: str, folder: Path) -> Path:
    """Write the report of an assignment into a folder; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{assignment}.html"
    path.write_text(page(assignment, findings(graded, assignment)), encoding="utf-8")
    return path


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], nothing: str) -> str:
    body = "\n".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    if not body:
        return f"<p>{nothing}</p>"
    return "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + f"</tr>\n{body}</table>"


def _shares(found: list[Finding]) -> dict[str, Counter[str]]:
    """check -> how many students had which outcome."""
    shares: dict[str, Counter[str]] = {}
    for each in found:
        shares.setdefault(each.check, Counter())[each.outcome] += 1
    return shares


def _in_words(found: list[Finding]) -> str:
    said = [
        f"{check}: " + ", ".join(f"{number} {outcome}" for outcome, number in counts.most_common())
        for check, counts in _shares(found).items()
    ]
    return "Outcomes of each check. " + "; ".join(said)


def _picture(found: list[Finding]) -> str:
    """Outcomes of every check as stacked bars, told apart by shade and hatch, as PNG in base 64."""
    shares = _shares(found)
    kinds = [kind for kind, _ in Counter(each.outcome for each in found).most_common() if kind != "passed"]
    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(9.6, 1.4 + 0.28 * len(shares)), layout="constrained", facecolor="white")
        axes = figure.subplots()
        checks = list(shares)
        left = [0] * len(checks)
        for index, kind in enumerate(["passed", *kinds]):
            widths = [shares[check][kind] for check in checks]
            shade = "0.85" if kind == "passed" else _SHADES[(index - 1) % len(_SHADES)]
            hatch = "" if kind == "passed" else _HATCHES[(index - 1) % len(_HATCHES)]
            name = "wrong value" if kind == "finished" else kind
            axes.barh(checks, widths, left=left, color=shade, hatch=hatch, edgecolor="white", label=name)
            left = [a + b for a, b in zip(left, widths)]
        axes.invert_yaxis()
        axes.set_xlabel("students")
        figure.legend(ncols=6, loc="outside upper left")
        stored = io.BytesIO()
        figure.savefig(stored, format="png", dpi=110)
    return base64.b64encode(stored.getvalue()).decode()


_SHADES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
_HATCHES = ("//", "\\\\", "xx", "..", "++")
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 15px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
img {{ max-width: 100%; }} table {{ border-collapse: collapse; }}
td, th {{ text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ddd; }}
</style></head><body>
{body}
</body></html>
"""
