"""Whose code is it: the learner's and the scenario's, or a library's?"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
import types
from typing import Any

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_LIBRARY = tuple(
    {os.path.realpath(sysconfig.get_path(name)) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {_HERE + os.sep, os.path.dirname(os.path.realpath(os.__file__)) + os.sep}
)


@functools.lru_cache(maxsize=1000)
def is_learner_file(filename: str) -> bool:
    """Whether code from this file is the learner's or the scenario's, not a library's."""
    if filename.startswith("<frozen"):
        return False
    if filename.startswith("<"):
        return True
    return not filename.startswith(_LIBRARY)


def is_learner_code(code: types.CodeType) -> bool:
    """The same of what was compiled from it."""
    return is_learner_file(code.co_filename)


@functools.lru_cache(maxsize=2000)
def is_learner_class(cls: type) -> bool:
    """A class is the learner's if one of its functions is; one without functions of its own, if its module is."""
    for value in vars(cls).values():
        function = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if isinstance(function, types.FunctionType):
            filename = function.__code__.co_filename
            if not filename.startswith("<string") and is_learner_file(filename):  # dataclass writes functions too
                return True
    module = sys.modules.get(cls.__module__)
    if module is None:
        return cls.__module__ not in ("builtins",)
    return is_learner_file(
        getattr(module, "__file__", None) or ("<main>" if cls.__module__ == "__main__" else "<frozen>")
    )


def is_instance_of_learners(value: Any) -> bool:
    return any(is_learner_class(cls) for cls in type(value).__mro__[:-1])
