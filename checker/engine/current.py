"""The execution that is under way, if any: the one thing that woven code looks up at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .runtime import Runtime

#: Set by the runtime while an execution is under way, None otherwise.
runtime: Runtime | None = None

#: An interruption from the keyboard was lost in a destructor: the exploration is to end all the same.
interrupted = False
