"""The instructor's notebook as grading sees it: exercises, checks, given code; and what each check claims.

This is trusted text. Expected values are evaluated here, in the parent, and nowhere else.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.grading import slicing

#: Options of `check` that are passed on to the exploration.
OPTIONS = frozenset({"replay", "seed", "delays", "search", "schedules", "seconds", "patience"})
_BEGIN_SOLUTION, _END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
_BEGIN_HIDDEN = "### BEGIN HIDDEN TESTS"


class SourceError(ValueError):
    """The instructor's notebook cannot be used for grading; says which cell and why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of the instructor's notebook."""

    name: str  # its grade id, or "cell 3" if it has none
    source: str
    position: int  # among the cells of the notebook
    kind: str  # "answer", "check", "given" (locked, no points), "plain"


@dataclass(frozen=True, slots=True)
class Claim:
    """One call of `check`: the scenario, an expression for the worker, and what the parent expects of it."""

    name: str  # how the scenario is called in a report
    scenario: str  # source of an expression
    expect: Any
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CheckCell:
    """A graded check cell."""

    id: str
    exercise: str
    points: float
    hidden: bool
    position: int
    source: str  # for the worker: without the calls of check and what only they need
    claims: tuple[Claim, ...]


@dataclass(slots=True)
class Source:
    """One assignment notebook of the instructor's."""

    name: str
    cells: list[Cell]  # code cells in order, checks included
    checks: list[CheckCell]
    metadata: dict[str, dict[str, Any]] = field(default_factory=dict)  # grade id -> nbgrader metadata
    notebook: dict[str, Any] = field(default_factory=dict)

    @property
    def exercises(self) -> list[str]:
        """Ids of the exercises that have checks, in order."""
        return list(dict.fromkeys(check.exercise for check in self.checks))

    def answer(self, exercise: str) -> Cell:
        """The answer cell of an exercise, with its solution."""
        return next(cell for cell in self.cells if cell.kind == "answer" and cell.name == exercise)

    def trusted_names(self) -> set[str]:
        """Names that the notebook gives: its imports and what its locked cells define."""
        names: set[str] = set()
        for cell in self.cells:
            if cell.kind in ("plain", "given"):
                for statement in slicing.parse(cell.source):
                    if cell.kind == "given" or isinstance(statement, (ast.Import, ast.ImportFrom)):
                        names |= slicing.bound(statement)
        return names


def load(path: Path) -> Source:
    """Read an instructor's notebook (`solutions/<assignment>/<name>.ipynb`).

    Raises:
        OSError: it cannot be read.
        SourceError: it is malformed.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceError(f"{path.name} is not a notebook: {error}") from None
    return from_notebook(path.stem, notebook)


def from_notebook(name: str, notebook: dict[str, Any]) -> Source:
    """The same from a parsed notebook.

    Raises:
        SourceError: a check cell is not of the form that grading needs.
    """
    source = Source(name, [], [], notebook=notebook)
    for position, cell in enumerate(notebook.get("cells", [])):
        mark = cell.get("metadata", {}).get("nbgrader") or {}
        grade_id = mark.get("grade_id")
        if grade_id:
            source.metadata[grade_id] = mark
        if cell.get("cell_type") != "code":
            continue
        text = joined(cell.get("source", ""))
        if mark.get("solution"):
            kind = "answer" if not mark.get("grade") else "manual"
        elif mark.get("grade"):
            kind = "check"
        else:
            kind = "given" if mark.get("locked") else "plain"
        source.cells.append(Cell(grade_id or f"cell {position + 1}", text, position, kind))
    for cell in source.cells:
        if cell.kind == "check":
            source.checks.append(_check_cell(source, cell))
    return source


def joined(text: str | Sequence[str]) -> str:
    """A notebook's text, which may be stored as a list of lines, as one string."""
    return text if isinstance(text, str) else "".join(text)


def _check_cell(source: Source, cell: Cell) -> CheckCell:
    try:
        statements = slicing.parse(cell.source)
    except SyntaxError as error:
        raise SourceError(f"check cell {cell.name}: {error}") from None
    calls = [statement for statement in statements if _is_check(statement)]
    if not calls:
        raise SourceError(f"check cell {cell.name} has no call of check at top level")
    rest = [statement for statement in statements if statement not in calls]
    scenarios = [_scenario(cell, call) for call in calls]
    kept = slicing.needed([rest], slicing.used(scenarios))[0]
    namespace = _evaluated(source, cell, calls, rest)
    claims = tuple(_claim(cell, call, scenario, namespace) for call, scenario in zip(calls, scenarios, strict=True))
    return CheckCell(
        id=cell.name,
        exercise=_exercise_of(source, cell),
        points=float(source.metadata[cell.name].get("points", 0)),
        hidden=_BEGIN_HIDDEN in cell.source,
        position=cell.position,
        source=slicing.text(cell.source, kept),
        claims=claims,
    )


def _is_check(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    function = statement.value.func
    return isinstance(function, ast.Name) and function.id == "check"


def _call(statement: ast.stmt) -> ast.Call:
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return statement.value


def _scenario(cell: Cell, statement: ast.stmt) -> ast.expr:
    call = _call(statement)
    if len(call.args) != 1 or any(keyword.arg is None for keyword in call.keywords):
        raise SourceError(f"check cell {cell.name}: write check(scenario, expect=…)")
    return call.args[0]


def _evaluated(source: Source, cell: Cell, calls: list[ast.stmt], rest: list[ast.stmt]) -> dict[str, Any]:
    """Run what the expectations need: a part of the given code and of this cell, never an answer."""
    keywords = [keyword.value for call in calls for keyword in _call(call).keywords]
    before = [c for c in source.cells if c.kind in ("plain", "given") and c.position < cell.position]
    parts = [slicing.parse(c.source) for c in before] + [rest]
    namespace: dict[str, Any] = {"__name__": "expectations"}
    for part in slicing.needed(parts, slicing.used(keywords)):
        try:
            exec(compile(ast.Module(part, []), f"<{cell.name}>", "exec"), namespace)
        except Exception as error:
            raise SourceError(f"check cell {cell.name}, what is expected: {type(error).__name__}: {error}") from None
    return namespace


def _claim(cell: Cell, statement: ast.stmt, scenario: ast.expr, namespace: dict[str, Any]) -> Claim:
    values = {}
    for keyword in _call(statement).keywords:
        try:
            values[str(keyword.arg)] = eval(compile(ast.Expression(keyword.value), f"<{cell.name}>", "eval"), namespace)
        except Exception as error:
            raise SourceError(f"check cell {cell.name}, {keyword.arg}=…: {type(error).__name__}: {error}") from None
    if "expect" not in values or not values.keys() <= OPTIONS | {"expect"}:
        raise SourceError(f"check cell {cell.name}: check takes expect and {', '.join(sorted(OPTIONS))}")
    expect = values.pop("expect")
    text = ast.unparse(scenario)
    return Claim(text if text.isidentifier() else cell.name, text, expect, values)


def _exercise_of(source: Source, cell: Cell) -> str:
    """The exercise whose id begins the check's id, else that of the last answer cell before the check."""
    answers = [c for c in source.cells if c.kind == "answer"]
    named = [c.name for c in answers if cell.name.startswith(f"{c.name}-")]
    if named:
        return max(named, key=len)
    before = [c.name for c in answers if c.position < cell.position]
    if not before:
        raise SourceError(f"check cell {cell.name} belongs to no answer cell")
    return before[-1]


def solution(text: str) -> str:
    """An answer cell's text without the markers of nbgrader."""
    return "\n".join(line for line in text.split("\n") if line.strip() not in (_BEGIN_SOLUTION, _END_SOLUTION))
