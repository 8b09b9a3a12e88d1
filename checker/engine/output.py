"""Holds back what controlled threads print, until the execution is over.

In a kernel a flushing print from a controlled thread would wait for the kernel's own output thread.
"""

from __future__ import annotations

import io
from typing import Any

LIMIT = 20_000  # characters kept of one execution


class Capture:
    """What one execution has printed, cut to a bound."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0

    def write(self, text: str) -> None:
        if self.size < LIMIT:
            self.parts.append(text[: LIMIT - self.size])
        self.size += len(text)

    def text(self) -> str:
        cut = f"\n... {self.size - LIMIT:,} more characters" if self.size > LIMIT else ""
        return "".join(self.parts) + cut


class Diverted(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr: keeps what controlled threads write, passes on the rest."""

    def __init__(self, stream: Any, current: Any) -> None:
        self._stream = stream
        self._current = current

    def write(self, text: str) -> int:
        runtime = self._current.runtime
        if runtime is not None and runtime.caller() is not None:
            if not isinstance(text, str):
                raise TypeError(f"write() argument must be str, not {type(text).__name__}")
            runtime.capture.write(text)
            return len(text)
        return int(self._stream.write(text) or 0)

    def flush(self) -> None:
        runtime = self._current.runtime
        if runtime is None or runtime.caller() is None:
            self._stream.flush()

    def close(self) -> None:
        """Nothing to close; called when this object is collected, while the stream behind it lives on."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
