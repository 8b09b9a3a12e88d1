"""Imports that are made when what they bring is first used (PEP 810, from 3.15 on).

The first use would come inside a controlled thread, where the locks of the import are controlled ones, and what is
bound by it as well. So they are made beforehand. On a Python without such imports nothing is done here.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

#: The type of what stands in a module for something that is not imported yet.
_LAZY = getattr(types, "LazyImportType", None)
_OURS = frozenset({"checker", *sys.stdlib_module_names})


def resolved(value: Any) -> Any:
    """What a lazy import stands for; any other value, or one whose import fails, is given back.

    Code that uses the failing one will meet the error itself.
    """
    if _LAZY is None or type(value) is not _LAZY:
        return value
    try:
        return value.resolve()
    except Exception:
        return value


def import_parts(package: str) -> None:
    """Import the parts of a package that wait: `lazy import package.part` brings only the package before."""
    for name in _pending():
        if name.startswith(package + "."):
            _import(name)


def settle() -> None:
    """Make the waiting imports of the checker and of the standard library.

    Of the library only whole modules: a part of a package (`concurrent.futures.process`) waits because it is large, and
    seldom wanted.
    """
    tried: set[str] = set()
    while found := [name for name in _pending() if name in _OURS or name.startswith("checker.") if name not in tried]:
        tried |= set(found)
        for name in found:
            _import(name)
    if _LAZY is not None and sys.get_lazy_imports() == "all":  # type: ignore[attr-defined]
        for module_name, module in list(sys.modules.items()):
            if module_name.partition(".")[0] in _OURS:
                space = vars(module)
                space.update({name: resolved(value) for name, value in list(space.items()) if type(value) is _LAZY})


def _pending() -> list[str]:
    return [name for name in getattr(sys, "lazy_modules", ()) if name not in sys.modules]


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # then whoever uses it will meet that
        pass
