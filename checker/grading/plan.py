"""What of a submission is run, in which order, and what goes to a person instead."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from checker.grading import context, gate, slicing
from checker.grading.limits import Limits
from checker.grading.source import CheckCell, Source, solution

#: How the pieces of cells that are no answers are called.
HELPER = "cell "


@dataclass(frozen=True, slots=True)
class Submitted:
    """A code cell of a submission."""

    position: int
    source: str
    exercise: str = ""  # the grade id, if it is an answer cell; else it is a helper of the learner's


@dataclass(frozen=True, slots=True)
class Piece:
    """Text for the worker to run."""

    name: str
    source: str
    position: int = -1  # the instructor's code comes first
    trusted: tuple[str, ...] = ()  # names it binds which the learner's cells cannot change for the checks


@dataclass(slots=True)
class Plan:
    """The pieces of one submission, and for each exercise the reasons why a person must look at it."""

    given: list[Piece]
    pieces: list[Piece]
    reviews: dict[str, list[str]] = field(default_factory=dict)
    check_positions: dict[str, int] = field(default_factory=dict)


def given_pieces(source: Source, names: Iterable[str]) -> list[Piece]:
    """The instructor's own code: locked cells whole, of plain ones what the names and locked cells need."""
    wanted = set(names)
    plain: list[tuple[str, str, list[ast.stmt]]] = []
    for cell in source.cells:
        if cell.kind in ("plain", "given"):
            statements = slicing.parse(cell.source)
            plain.append((cell.name, cell.source, statements))
            if cell.kind == "given":
                wanted |= slicing.used(statements)
                wanted.update(name for statement in statements for name in slicing.bound(statement))
    pieces = []
    kept = slicing.needed([statements for _, _, statements in plain], wanted)
    for (name, text, _), statements in zip(plain, kept, strict=True):
        if statements:
            trusted = sorted(source.trusted_names() & set().union(*(slicing.bound(s) for s in statements)))
            pieces.append(Piece(name, slicing.text(text, statements), trusted=tuple(trusted)))
    return pieces


def make(source: Source, cells: Sequence[Submitted], limits: Limits, positions: dict[str, int]) -> Plan:
    """Plan the grading of a submission.

    Args:
        positions: where each check cell stands among the submission's cells, for those that are there.
    """
    trusted = source.trusted_names()
    check_names = _used_by(source.checks)
    parsed: list[tuple[Submitted, list[ast.stmt] | None]] = []
    reviews: dict[str, list[str]] = {}
    refused: dict[int, str] = {}  # statement -> what the gate refused in its cell
    for cell in cells:
        parsed.append((cell, _parsed(cell, limits, reviews)))
    answers = [statements for cell, statements in parsed if cell.exercise and statements]
    wanted = (slicing.used(s for a in answers for s in a) | check_names) - trusted
    helpers = [statements or [] for cell, statements in parsed if not cell.exercise]
    kept_helpers = iter(slicing.needed(helpers, wanted))
    loaded = [(statements or []) if cell.exercise else next(kept_helpers) for cell, statements in parsed]
    imports = context.index(loaded)
    pieces: list[Piece] = []
    for (cell, statements), kept in zip(parsed, loaded, strict=True):
        if statements is None:
            if cell.exercise and cell.exercise not in reviews:  # a syntax error is the answer's own failure
                pieces.append(Piece(cell.exercise, cell.source, cell.position))
            continue
        text = slicing.without_magics(cell.source) if _has_magics(cell.source) else cell.source
        foreign = context.looked_up(text).difference(*map(slicing.bound, kept)) if kept else set()
        around = context.of(foreign, imports)
        refusals = gate.refusals(kept, trusted=trusted, reserved=check_names, context=around)
        if refusals:
            refused.update(dict.fromkeys(map(id, kept), f"{refusals[0].construct} in another cell of the notebook"))
            if cell.exercise:
                reviews[cell.exercise] = [f"the gate refused {refusal}" for refusal in refusals[:5]]
        elif kept:
            name = cell.exercise or f"{HELPER}{cell.position + 1}"
            pieces.append(Piece(name, text if cell.exercise else slicing.text(text, kept), cell.position))
    for cell, statements in parsed:
        if cell.exercise and statements and cell.exercise not in reviews and refused:
            own = set().union(*(slicing.bound(statement) for statement in statements))
            drawn = slicing.needed(loaded, slicing.used(statements) - own - trusted)
            reasons = dict.fromkeys(refused[id(s)] for part in drawn for s in part if id(s) in refused)
            if reasons:
                reviews[cell.exercise] = [
                    f"the answer depends on what the gate refused: {reason}" for reason in reasons
                ]
    names = slicing.used(s for part in loaded for s in part) | check_names
    answered = {cell.exercise: cell.position for cell in cells if cell.exercise}
    check_positions = {
        check.id: max(positions.get(check.id, -1), answered.get(check.exercise, -1) + 1) for check in source.checks
    }
    return Plan(given_pieces(source, names), pieces, reviews, check_positions)


def unreadable(error: Exception) -> str:
    """Why a submission could not be planned, for the person who must look at it."""
    return f"the cells could not be read: {type(error).__name__}: {error}"[:200]


def _used_by(checks: Iterable[CheckCell]) -> set[str]:
    statements = [s for check in checks for s in slicing.parse(check.source)]
    scenarios = [s for check in checks for claim in check.claims for s in slicing.parse(claim.scenario)]
    return slicing.used([*statements, *scenarios])


def _parsed(cell: Submitted, limits: Limits, reviews: dict[str, list[str]]) -> list[ast.stmt] | None:
    """The cell's statements, or None if it has a syntax error or is too long."""
    if len(cell.source) > limits.source:
        if cell.exercise:
            reviews[cell.exercise] = [f"the answer is {len(cell.source):,} characters long"]
        return None
    try:
        return slicing.parse(cell.source)
    except SyntaxError:
        return None


def _has_magics(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def single(source: Source, exercise: str, text: str, limits: Limits) -> Plan:
    """Plan the check of one answer alone: of the other exercises it finds the solutions, if it uses them."""
    answer = source.answer(exercise)
    others = [
        Submitted(cell.position, solution(cell.source))
        for cell in source.cells
        if cell.kind == "answer" and cell.name != exercise
    ]
    cells = sorted([*others, Submitted(answer.position, text, exercise)], key=lambda cell: cell.position)
    return make(source, cells, limits, {check.id: check.position for check in source.checks})
