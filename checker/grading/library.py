"""Functions of the standard library that get, set or run what they are told by name, held to what honest code tells.

The gate reads names; these take names that a program puts together. In the worker they do what they always did, but
refuse what no honest threading answer asks for.
"""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import dis
import functools
import importlib
import sys
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

from checker.grading import gate, guard, words

try:
    annotationlib: Any = importlib.import_module("annotationlib")  # where annotations are evaluated from 3.14 on
except ImportError:
    annotationlib = None


def install() -> None:
    """Put the careful functions in place of the others, for good."""
    functools.update_wrapper = _update_wrapper  # what `wraps` calls
    copy._reconstruct = _reconstruct  # type: ignore[attr-defined]
    dataclasses._process_class = _process_class  # type: ignore[attr-defined]
    dataclasses._get_field = _get_field  # type: ignore[attr-defined]
    typing.eval = _evaluate  # type: ignore[attr-defined]  # annotations in quotes, up to 3.13
    if annotationlib is not None:
        annotationlib.eval = _evaluate
        annotationlib.ForwardRef.evaluate = _careful(annotationlib.ForwardRef.evaluate)
    contextlib._RedirectStream.__enter__ = _redirect  # type: ignore[method-assign]


def _update_wrapper(
    wrapper: Any,
    wrapped: Any,
    assigned: Iterable[str] = functools.WRAPPER_ASSIGNMENTS,
    updated: Iterable[str] = functools.WRAPPER_UPDATES,
    *,
    real: Callable[..., Any] = functools.update_wrapper,
) -> Any:
    names, spaces = tuple(assigned), tuple(updated)
    for name in (*names, *spaces):
        if type(name) is not str or name not in (*functools.WRAPPER_ASSIGNMENTS, *functools.WRAPPER_UPDATES):
            raise guard.refuse(f"functools.update_wrapper of {name!r:.40}")
    if guard.is_foreign(wrapper):
        raise guard.refuse(f"functools.update_wrapper on {wrapper!r:.60}")
    return real(wrapper, wrapped, names, () if guard.is_foreign(wrapped) else spaces)


def _reconstruct(
    x: Any,
    memo: Any,
    make: Callable[..., Any],
    args: Any,
    state: Any = None,
    *rest: Any,
    real: Callable[..., Any] = copy._reconstruct,  # type: ignore[attr-defined]
    **named: Any,
) -> Any:
    def made(*arguments: Any) -> Any:
        y = make(*arguments)
        if state is not None and type(y) is not type(x):
            raise guard.refuse(f"a copy of a {type(x).__name__} that changes a {type(y).__name__}")
        return y

    if make is getattr:
        raise guard.refuse(f"a copy of {x!r:.60}")
    return real(x, memo, made, args, state, *rest, **named)


def _process_class(
    cls: Any,
    *args: Any,
    real: Callable[..., Any] = dataclasses._process_class,  # type: ignore[attr-defined]
    **named: Any,
) -> Any:
    """Names of fields become text that is run."""
    for each in cls.__mro__:
        known = getattr(each, "__dataclass_fields__", {})
        names = [*vars(each).get("__annotations__", ()), *known, *(field.name for field in known.values())]
        if not all(type(name) is str and name.isidentifier() for name in names):
            raise guard.refuse("a dataclass whose fields are not named by identifiers")
    return real(cls, *args, **named)


def _get_field(
    cls: Any,
    name: Any,
    *rest: Any,
    real: Callable[..., Any] = dataclasses._get_field,  # type: ignore[attr-defined]
    **named: Any,
) -> Any:
    """The same for names that a function gives when it is asked for the annotations (3.14)."""
    if type(name) is not str or not name.isidentifier():
        raise guard.refuse("a dataclass whose fields are not named by identifiers")
    return real(cls, name, *rest, **named)


def _evaluate(source: Any, globals: Any = None, locals: Any = None) -> Any:
    """What `typing` (up to 3.13) and `annotationlib` find as `eval`: annotations name types, and call nothing."""
    code = source
    if not isinstance(source, types.CodeType):
        code = compile(source.lstrip(" \t"), "<annotation>", "eval", dont_inherit=True)
    pending = [code]
    while pending:
        part = pending.pop()
        pending += [each for each in part.co_consts if isinstance(each, types.CodeType)]
        for name in part.co_names:
            if name in words.NAMES or guard.forbidden(name):
                raise guard.refuse(f"the name {name} in an annotation")
        if any(each.opname in _CALLS for each in dis.get_instructions(part)):
            raise guard.refuse("a call in an annotation")
    return _type(eval(code, globals, locals))


#: Instructions that call something.
_CALLS = frozenset({"CALL", "CALL_KW", "CALL_FUNCTION_EX"})


def _type(value: Any) -> Any:
    """What an annotation stands for, if that is something that an honest one names."""
    kind = type(value)
    if issubclass(kind, types.ModuleType):
        raise guard.refuse(f"the module {value.__name__} as an annotation")
    if kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        home = getattr(value, "__module__", None) or ""
        # `threading.Lock` is a function up to 3.12, and `any` is written for `Any`
        known = home in ("__main__", "_thread", "builtins") or gate.is_open(home)
        if not known or value.__name__ in words.NAMES:
            raise guard.refuse(f"{value!r:.60} as an annotation")
    return value


def _of_a_library(module: Any) -> bool:
    return module is not None and str(module).partition(".")[0] in {"checker", *sys.stdlib_module_names}


def _careful(real: Callable[..., Any]) -> Callable[..., Any]:
    """`annotationlib.ForwardRef.evaluate`: of the answer's own annotations, in the answer's own names.

    A name alone is not evaluated, but looked up, among the builtins as well.
    """

    def evaluate(self: Any, *, owner: Any = None, **named: Any) -> Any:
        name = self.__forward_arg__
        if name in words.NAMES or guard.forbidden(name):
            raise guard.refuse(f"the name {name} in an annotation")
        for each in (owner, self.__owner__):
            if each is not None and (type(each) is types.ModuleType or _of_a_library(each.__module__)):
                raise guard.refuse(f"an annotation of {each!r:.60}")
        if _of_a_library(self.__forward_module__):
            raise guard.refuse(f"an annotation of the module {self.__forward_module__}")
        return _type(real(self, owner=owner, **named))

    return evaluate


def _redirect(self: Any, *, real: Callable[..., Any] = contextlib._RedirectStream.__enter__) -> Any:
    kinds = (contextlib.redirect_stdout, contextlib.redirect_stderr)
    if type(self) not in kinds or "_stream" in vars(self):
        raise guard.refuse("a redirection of another stream")
    return real(self)
