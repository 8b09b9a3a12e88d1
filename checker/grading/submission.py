"""A learner's notebook, read with suspicion and put back into the form of the release.

Of what was submitted count the text of the cells and their order. Everything else (which cell is a check, how many
points it has, whether it is locked, tags, outputs, metadata) comes from the instructor's notebook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checker.grading.limits import Limits
from checker.grading.plan import Submitted
from checker.grading.source import Source, joined
from checker.grading.wire import sound

#: Cells of one notebook; an honest one has some dozens.
_MOST_CELLS = 2_000
_MISSING_ANSWER = "# The answer cell was missing from the submission."


@dataclass(slots=True)
class Submission:
    """The cells of a submission in the form of the release, as nbformat 4 data without outputs."""

    cells: list[dict[str, Any]]
    notes: dict[str, list[str]] = field(default_factory=dict)  # grade id -> what was mended
    problem: str = ""  # why there was nothing to read

    def notebook(self, source: Source) -> dict[str, Any]:
        """The whole notebook."""
        kernel = source.notebook.get("metadata", {}).get("kernelspec", {})
        return {"cells": self.cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}

    def submitted(self, source: Source) -> tuple[list[Submitted], dict[str, int]]:
        """Its code cells for the plan, and where each check stands."""
        answers = {cell.name for cell in source.cells if cell.kind == "answer"}
        instructors = {cell.source.strip() for cell in source.cells if cell.kind == "plain"}
        cells, positions = [], {}
        for position, cell in enumerate(self.cells):
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if grade_id and grade_id not in answers:
                positions[grade_id] = position
            elif cell["cell_type"] == "code" and cell["source"].strip() not in instructors:
                cells.append(Submitted(position, cell["source"], grade_id))
        return cells, positions


def parse(data: bytes, limits: Limits) -> tuple[dict[str, Any], str]:
    """Parse the bytes of a submitted file; return its data and why it is no notebook, or "".

    Never raises for what is in the file.
    """
    if len(data) > limits.notebook:
        return {}, f"the file is larger than {limits.notebook >> 20} MiB"
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        return {}, "the file is not a notebook: it is not JSON"
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        return {}, "the file is not a notebook: it has no cells"
    return notebook, ""


def rebuild(notebook: Mapping[str, Any], problem: str, source: Source) -> Submission:
    """Put a submitted notebook back into the form of the release.

    The last cell with an answer's grade id is the answer, as in JupyterLab the last definition counts; earlier ones
    become helpers. Locked cells get the instructor's text. What is missing is added.
    """
    result = Submission([], problem=problem)
    known = {cell.name: cell for cell in source.cells if cell.name in source.metadata}
    given = [cell for cell in notebook.get("cells", [])[:_MOST_CELLS] if _is_cell(cell)]
    ids = [_grade_id(cell) if _grade_id(cell) in source.metadata else "" for cell in given]
    last = {grade_id: index for index, grade_id in enumerate(ids)}
    texts = {grade_id: _text_of(source, grade_id) for grade_id in source.metadata}
    for index, (cell, grade_id) in enumerate(zip(given, ids)):
        text = _text(cell)
        if not grade_id or last[grade_id] != index:
            result.cells.append(_cell(cell["cell_type"], text, f"learner-{index}"))
            if grade_id:
                result.notes.setdefault(grade_id, []).append("the cell was there more than once; the last one counts")
            continue
        mark, kind = source.metadata[grade_id], texts[grade_id][0]
        if cell["cell_type"] != kind:
            result.notes.setdefault(grade_id, []).append(f"the cell had been turned into {cell['cell_type']}")
        result.cells.append(_cell(kind, texts[grade_id][1] if mark.get("locked") else text, grade_id, mark))
    _add_missing(result, source, texts, known)
    return result


def _add_missing(
    result: Submission, source: Source, texts: dict[str, tuple[str, str]], known: Mapping[str, Any]
) -> None:
    place = 0
    for grade_id, mark in source.metadata.items():
        present = [i for i, cell in enumerate(result.cells) if cell["id"] == grade_id]
        if present:
            place = present[0] + 1
            continue
        kind, text = texts[grade_id]
        if not mark.get("locked"):
            text = _MISSING_ANSWER if grade_id in known else ""
        result.cells.insert(place, _cell(kind, text, grade_id, mark))
        result.notes.setdefault(grade_id, []).append("the cell was missing")
        place += 1


def _text_of(source: Source, grade_id: str) -> tuple[str, str]:
    for cell in source.notebook.get("cells", []):
        if (cell.get("metadata", {}).get("nbgrader") or {}).get("grade_id") == grade_id:
            return cell["cell_type"], joined(cell.get("source", ""))
    raise KeyError(grade_id)


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return False
    text = cell.get("source", "")
    return isinstance(text, str) or (isinstance(text, list) and all(isinstance(line, str) for line in text))


def _text(cell: Mapping[str, Any]) -> str:
    """What the learner wrote, with lone surrogates replaced and line ends as Python's parser counts them."""
    return sound(joined(cell.get("source", ""))).replace("\r\n", "\n").replace("\r", "\n")


def _grade_id(cell: Mapping[str, Any]) -> str:
    metadata = cell.get("metadata")
    mark = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = mark.get("grade_id") if isinstance(mark, dict) else None
    return grade_id if isinstance(grade_id, str) else ""


def _cell(kind: str, text: str, identity: str, mark: Mapping[str, Any] | None = None) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": identity[:64], "metadata": {}, "source": text}
    if mark is not None:
        # as nbgrader's release has it, so that a cell that went missing looks like the others
        cell["metadata"] = {"nbgrader": {"cell_type": kind, **mark}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
