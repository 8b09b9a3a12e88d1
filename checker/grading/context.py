"""What the names of a cell stand for, as far as the learner's other cells say: imports, and other names for these."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Mapping, Sequence

from checker.grading import slicing

#: Statements that are followed for one name; nobody imports the same name in more ways in earnest.
_MOST = 5

Index = Mapping[str, Sequence[ast.stmt]]


def index(cells: Iterable[Iterable[ast.stmt]]) -> Index:
    """Name -> the imports of the cells that bind it, and the assignments that make it another name for something.

    What a star import binds stands under "*".
    """
    found: dict[str, list[ast.stmt]] = {}
    for statement in (statement for cell in cells for statement in cell):
        renames = isinstance(statement, (ast.Assign, ast.AnnAssign)) and _is_path(statement.value)
        if renames or isinstance(statement, (ast.Import, ast.ImportFrom)):
            for name in slicing.bound(statement):
                known = found.setdefault(name, [])
                if len(known) < _MOST:
                    known.append(statement)
    return found


def of(names: Iterable[str], index: Index) -> list[ast.stmt]:
    """The statements that say what the names stand for, each before those that build on it."""
    pending = ["*", *names]
    seen: set[str] = set()
    found: list[ast.stmt] = []
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            found += index.get(name, ())
            pending += slicing.used(index.get(name, ()))
    return found[::-1]


def looked_up(source: str) -> set[str]:
    """Names that the code of a cell looks up in the notebook's namespace, from whatever scope.

    >>> sorted(looked_up("def f(a):\\n    b = a\\n    return b + c"))
    ['c']
    """
    try:
        pending = [symtable.symtable(source, "cell", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()  # such a cell is not run, or has been read in another way
    names: set[str] = set()
    while pending:
        table = pending.pop()
        pending += table.get_children()
        names.update(symbol.get_name() for symbol in table.get_symbols() if symbol.is_global())
    return names


def _is_path(node: ast.AST | None) -> bool:
    """Whether it is a name, or a chain of attributes of one."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
