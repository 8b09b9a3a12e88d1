"""Looks whether verdicts can be trusted on this Python, before the first one is given.

The engine rests on what an interpreter does inside: its instructions, what they find on the stack, what the standard
library builds upon. The tests make sure of that on the versions below. On any other, known programs are explored first
(`programs`), in a process of their own, since what is wrong there may be a crash; if one is misjudged, nothing is
judged. What was found holds for the processes started from this one as well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
from importlib.util import MAGIC_NUMBER, find_spec
from pathlib import Path

#: For each series, the newest version that all fast tests were run on, and the magic number of its bytecode.
TESTED: dict[tuple[int, int], tuple[tuple[int, int, int], int]] = {
    (3, 11): ((3, 11, 7), 3495),
    (3, 12): ((3, 12, 1), 3531),
    (3, 13): ((3, 13, 0), 3571),
    (3, 14): ((3, 14, 10), 3627),
    (3, 15): ((3, 15, 2), 3666),
}
#: Names, for the processes started from this one, the interpreter that has passed.
_PASSED = "CHECKER_SELF_CHECK"
#: Real seconds that the check may take; it takes about a tenth of one.
_PATIENCE = 60.0

_CHILD = Path(__file__).with_name("child.py")

_settled: str | None = None  # what `require` has found: "" if verdicts may be given


class PythonRefused(RuntimeError):
    """No verdicts are given on this Python. Its text is one line that says why, and what to use instead."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


def require() -> None:
    """Return if verdicts may be given on this Python; asked before each, and looked into once.

    Raises:
        PythonRefused: they may not.

    >>> require()
    """
    global _settled
    if _settled is None:
        _settled = _look()
    if _settled:
        raise PythonRefused(_settled)


def _look() -> str:
    if free_threaded():
        return (
            f"no verdicts on a free-threaded build of Python ({version()}), where they have not been made sure of: "
            "use the ordinary build of the same version; stress() and the measurements work here"
        )
    why = reason()
    if not why or os.environ.get(_PASSED) == _identity():
        return ""
    fault = judge()
    if fault:
        tested = ", ".join(".".join(map(str, newest)) for newest, _ in TESTED.values())
        return f"no verdicts on this Python ({version()}, {why}): {fault}. Use one that was tested: {tested}"
    os.environ[_PASSED] = _identity()
    return ""


def free_threaded() -> bool:
    """Whether this is a build without the GIL, also where that has been switched on again."""
    return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def version() -> str:
    """The version of this interpreter, as in "3.14.1t"."""
    return ".".join(map(str, sys.version_info[:3])) + "t" * free_threaded()


def reason() -> str:
    """Why this interpreter is looked into first; "" for one like those that were tested."""
    jit = getattr(sys, "_jit", None)
    newest, magic = TESTED.get(sys.version_info[:2], ((0, 0, 0), 0))
    if not magic:
        return "of a series that was not tested"
    if int.from_bytes(MAGIC_NUMBER[:2], "little") != magic:
        return "whose bytecode has an unknown magic number"
    if sys.version_info[:3] > newest:
        return "newer than what was tested"
    if jit is not None and jit.is_enabled():
        return "with a JIT compiler"
    if hasattr(sys, "gettotalrefcount"):
        return "built for debugging"
    return ""


def _identity() -> str:
    """What the interpreter is known by that has passed."""
    return f"{sys.executable} {sys.version} {MAGIC_NUMBER.hex()} {reason()}"


def judge() -> str:
    """Explore the known programs in a process of their own; say what went wrong, "" if nothing did."""
    found = find_spec("bytecode")
    library = Path(found.origin).parents[1] if found is not None and found.origin else Path()
    # without the site's packages, and so in half the time
    command = [sys.executable, *_options(), "-s", "-S", "-P", str(_CHILD), str(Path(__file__).parents[2]), str(library)]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the self-check did not end within {_PATIENCE:g} s"
    except (OSError, ValueError):  # no processes here, or an interpreter inside another program
        from .child import misjudged

        return misjudged()
    if done.returncode < 0:
        return f"the self-check crashed ({signal.Signals(-done.returncode).name})"
    if done.returncode:
        return f"the self-check failed ({(done.stderr.strip() or 'no message').splitlines()[-1]:.200})"
    return done.stdout.strip()


def _options() -> list[str]:
    """The options of this interpreter that change how it runs code."""
    return [f"-X{name}" if value is True else f"-X{name}={value}" for name, value in sys._xoptions.items()]
