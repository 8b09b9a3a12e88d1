"""The gate at run time, in the worker: what a text cannot tell, because names are put together while it runs.

`__dict__`, `vars`, `__get__` and `str.format` are honest on an answer's own objects and lead everywhere from others. So
the cells are compiled with a look at the object before each of these, and before what might replace a method of the
library's threads, locks and queues.
"""

from __future__ import annotations

import ast
import builtins
import concurrent.futures
import queue
import string
import threading
import time
import types
import typing
from typing import Any

from checker.grading import words

#: What the compiled cells call; no text of Python can name them.
_OWN, _CHANGED, _FORMAT = "own object", "object to change", "harmless format"

#: What was refused since somebody looked last; the parent hears of it, and a person looks at the answer.
said: list[str] = []


class Refused(TypeError):
    """What an honest threading answer never needs was tried."""


def refuse(construct: str) -> Refused:
    """The error to raise; a person will look at the answer."""
    said.append(construct)
    return Refused(f"refused in grading: {construct}")


def compiled(source: str, filename: str) -> types.CodeType:
    """Compile a cell of the notebook.

    Raises:
        SyntaxError, ValueError: it is no Python.
    """
    guarding = _Guarding()
    tree = guarding.visit(ast.parse(source, filename))
    if not guarding.looks:
        return compile(source, filename, "exec")
    return compile(ast.fix_missing_locations(tree), filename, "exec")


def _replaceable() -> frozenset[str]:
    """Names of functions and classes on which the library's and the checker's threads go by."""
    names: set[str] = set()
    for module in (threading, queue, time, concurrent.futures.thread, concurrent.futures._base):
        names.update(name for name, value in vars(module).items() if callable(value))
        for kind in vars(module).values():
            if isinstance(kind, type):
                names.update(name for name, value in vars(kind).items() if callable(value))
    return frozenset(names)


_REPLACEABLE = _replaceable()


class _Guarding(ast.NodeTransformer):
    """Puts the looks in front of the objects."""

    def __init__(self) -> None:
        self.looks = 0

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        look = _look_at(node.attr) if isinstance(node.ctx, ast.Load) else _CHANGED * (node.attr in _REPLACEABLE)
        node.value = self._through(look, node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        wanted = node.args[1].value if len(node.args) > 1 and isinstance(node.args[1], ast.Constant) else ""
        look = ""
        if called in ("setattr", "delattr", *words.SETTERS):
            look = _CHANGED
        elif called in ("vars", "__get__"):
            look = _OWN
        elif called == "getattr":
            look = _look_at(wanted)
        if node.args:
            node.args[0] = self._through(look, node.args[0])
        return node

    def _through(self, look: str, value: ast.expr) -> ast.expr:
        if not look:
            return value
        self.looks += 1
        return ast.copy_location(ast.Call(ast.Name(look, ast.Load()), [value], []), value)


def _look_at(attribute: Any) -> str:
    """The look that the reader of an attribute needs; "" for none."""
    if attribute == "__dict__":
        return _OWN
    return _FORMAT if attribute in ("format", "format_map") else ""


def install() -> None:
    """Make the looks known to the cells."""
    vars(builtins).update({_OWN: own, _CHANGED: changed, _FORMAT: formatting})


def is_foreign(value: Any) -> bool:
    """Whether it is a module, or a class that is not the answer's own: what these hold leads to everything else."""
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        return True
    return issubclass(kind, type) and type.__getattribute__(value, "__module__") != "__main__"


def own(value: Any) -> Any:
    """The object itself, if an answer may see all its attributes.

    Raises:
        Refused: it is a module or a foreign class.
    """
    if is_foreign(value):
        raise refuse(f"the attributes of {value!r:.60}")
    return value


def changed(value: Any) -> Any:
    """The object itself, if an answer may replace its functions.

    Raises:
        Refused: it is a module or a foreign class, or a generic alias, which hands on what is done to it.
    """
    if is_foreign(value) or issubclass(type(value), typing._BaseGenericAlias):  # type: ignore[attr-defined]
        raise refuse(f"a change of {value!r:.60}")
    return value


def formatting(value: Any) -> Any:
    """The object itself, unless it is a text whose fields look into what no answer may look into.

    Raises:
        Refused: it is such a text, or the class of all texts.
    """
    kind = type(value)
    if kind is super or issubclass(kind, type) and issubclass(value, str):
        raise refuse("format of a text that is not known")
    if issubclass(kind, str):
        for name in fields(str.__str__(value)):
            if forbidden(name) and name != "__dict__":  # by itself it is no more than text
                raise refuse(f"the attribute {name} in a format")
    return value


def fields(text: str) -> list[str]:
    """The attributes that the fields of a format look up.

    >>> fields("{0.a.b[c.d]:>{1.e}}")
    ['a', 'b', 'e']
    """
    found: list[str] = []
    try:
        for _, field, spec, _ in string.Formatter().parse(text):
            if field:
                _, steps = string._string.formatter_field_name_split(field)  # type: ignore[attr-defined]
                found += [name for is_attribute, name in steps if is_attribute]
            if spec:
                found += fields(spec)
    except (ValueError, RecursionError):
        pass  # no format; `format` says so itself
    return found


def forbidden(name: str) -> bool:
    """Whether no answer looks up the attribute."""
    special = len(name) > 4 and name.startswith("__") and name.endswith("__")
    return special and name not in words.DUNDERS or name in words.ATTRIBUTES or name.startswith(words.PREFIXES)
