"""Which top-level statements of a notebook's cells does something need?

A learner's notebook is full of trials: calls of `check`, plots, prints. Grading runs only the statements on
which an answer or a check depends: those that bind, or change, a name that it uses, directly or through
other statements.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SCOPES = (*_DEFINITIONS, ast.Lambda)
#: Cell magics that run the rest of the cell in the notebook.
_PYTHON_MAGICS = frozenset({"%%time", "%%timeit", "%%capture", "%%prun"})
#: A line that only IPython understands: a magic, command or question; the value of an assignment; `name?`.
_MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.,\[\] ]+=\s*[%!]|%{0,2}[\w.*]+\?\??\s*$).*")


def parse(source: str) -> list[ast.stmt]:
    """The top-level statements of a cell; lines that only IPython understands are left out.

    Raises:
        SyntaxError: it is no Python; also for null bytes, and for nesting that is too deep to parse.
    """
    try:
        return _statements(source)
    except SyntaxError:
        plain = without_magics(source)
        if plain == source:
            raise
        return _statements(plain)


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(f"cannot be parsed: {error or type(error).__name__}") from None


def without_magics(source: str) -> str:
    """The cell without IPython's own syntax: `%magic`, `!command`, `name?`, `x = %magic`, `x = !command`.

    Each such line is made empty, or `pass` where it is indented. Of a cell magic that runs the cell as Python
    (`%%time`) only its own line goes; any other takes the whole cell with it.
    """
    lines = source.split("\n")
    for magic in _leading_cell_magics(lines):
        if magic not in _PYTHON_MAGICS:
            return "\n" * (len(lines) - 1)
    return "\n".join(_MAGIC.sub(_blank, line) for line in lines)


def _leading_cell_magics(lines: Iterable[str]) -> Iterable[str]:
    for line in filter(str.strip, lines):
        if not line.lstrip().startswith("%%"):
            return
        yield line.split()[0]


def _blank(line: re.Match[str]) -> str:
    indent = line.group(1)
    return f"{indent}pass" if indent else ""


def bound(statement: ast.stmt) -> set[str]:
    """Names that the statement binds in the notebook's namespace."""
    return {name for node in _run_with(statement) for name in _bound(node)}


def changed(statement: ast.stmt) -> set[str]:
    """Names whose object the statement may change: `x.a = …`, `x[k] += …`, `del x[k]`, `x.append(…)`."""
    return {name for node in _run_with(statement) for name in _changed(node)}


def _run_with(statement: ast.stmt) -> Iterable[ast.AST]:
    """The nodes of a statement but what is inside functions and classes."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _DEFINITIONS):
            pending.extend(node.decorator_list)
        elif not isinstance(node, ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))


def _bound(node: ast.AST) -> Iterable[str]:
    if isinstance(node, _DEFINITIONS):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return [node.id]
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        return [node.name]
    return [node.rest] if isinstance(node, ast.MatchMapping) and node.rest else []


def _changed(node: ast.AST) -> Iterable[str]:
    if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return _root(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _root(node.func)
    return []


def _root(node: ast.AST) -> Iterable[str]:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return [node.id] if isinstance(node, ast.Name) else []


def used(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that the code looks up, in whatever scope: more than it needs, never less."""
    names: set[str] = set()
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                names.add(node.value)  # an annotation in quotes
    return names


#: Functions of the library that change what they are given.
_CHANGERS = frozenset(
    """delattr delitem heapify heappop heappush heappushpop heapreplace insort insort_left insort_right next
    setattr setitem shuffle""".split()
)
#: Functions that are followed from one statement; an honest one leads to a few.
_MOST_CALLS = 100


def _effects(cells: Iterable[Iterable[ast.stmt]]) -> dict[str, set[str]]:
    """For each function and class of the cells the names of what calling it may change.

    These are globals, and the functions that it calls in turn; parameters stand as numbers in text, "0" for the first.
    """
    found: dict[str, set[str]] = {}
    for statement in (statement for cell in cells for statement in cell if isinstance(statement, _DEFINITIONS)):
        nodes = [node for node in ast.walk(statement) if node is not statement]
        declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        own = {name for node in nodes for name in _bound(node)} - declared
        names = declared.union(*(_changed(node) for node in nodes), *(_called(node) for node in nodes)) - own
        parameters = [] if isinstance(statement, ast.ClassDef) else [arg.arg for arg in statement.args.args]
        places = {str(parameters.index(name)) for name in names.intersection(parameters)}
        found.setdefault(statement.name, set()).update(names.difference(parameters), places)
    return found


def _called(node: ast.AST) -> Iterable[str]:
    """Names of functions and classes that a node calls, or takes as decorators and base classes."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return [node.func.id]
    if isinstance(node, _DEFINITIONS):
        above = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else [])]
        return [name for each in above for name in _root(each)]
    return []


def _changed_by_calls(statement: ast.stmt, effects: Mapping[str, set[str]]) -> set[str]:
    """Names that the statement changes by what it calls."""
    nodes = list(_run_with(statement))
    pending = [name for node in nodes for name in _called(node)]
    functions: set[str] = set()
    names: set[str] = set()
    while pending and len(functions) < _MOST_CALLS:
        function = pending.pop()
        if function in effects and function not in functions:
            functions.add(function)
            names |= effects[function]
            pending += effects[function]
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        function = getattr(call.func, "id", getattr(call.func, "attr", ""))
        places = effects.get(function, ())
        for place, argument in enumerate(call.args):
            if str(place) in places or function in _CHANGERS:
                names.update(_root(argument))
    return names - functions


def needed(cells: Sequence[Sequence[ast.stmt]], names: Iterable[str]) -> list[list[ast.stmt]]:
    """For each cell the statements that the names depend on, in their order.

    >>> cells = [parse("import math; import os"), parse("print(1)"), parse("def area(r): return math.pi * r * r")]
    >>> [[ast.unparse(statement) for statement in kept] for kept in needed(cells, {"area"})]
    [['import math'], [], ['def area(r):\\n    return math.pi * r * r']]
    """
    makers: dict[str, list[ast.stmt]] = {}  # name -> statements that bind or change it
    effects = _effects(cells)
    for cell in cells:
        for statement in cell:
            for name in bound(statement) | changed(statement) | _changed_by_calls(statement, effects):
                makers.setdefault(name, []).append(statement)
    pending = list(names)
    kept: set[int] = set()
    while pending:
        for statement in makers.pop(pending.pop(), ()):
            if id(statement) not in kept:
                kept.add(id(statement))
                pending += used([statement])
    return [[statement for statement in cell if id(statement) in kept] for cell in cells]


def text(source: str, kept: Sequence[ast.stmt]) -> str:
    """The cell's text with everything but the kept statements made empty; line numbers stay as they were."""
    lines = [line.encode() for line in source.split("\n")]  # columns are counted in bytes
    result = [b""] * len(lines)
    for statement in kept:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
        last = statement.end_lineno or first
        for number in range(first, last + 1):
            begin = statement.col_offset if number == first else 0
            end = statement.end_col_offset if number == last else None
            between = b"; " if result[number - 1] else b""  # where statements share a line
            result[number - 1] += between + lines[number - 1][begin:end]
    return b"\n".join(result).decode()
