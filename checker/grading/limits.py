"""How much of the machine one answer may use."""

from __future__ import annotations

import resource
import sys
from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of grading: bytes and seconds. CPU and wall time count anew for every check."""

    memory: int = 1024 * MEBIBYTE
    cpu: float = 5.0
    wall: float = 10.0
    output: int = 1 * MEBIBYTE  # characters; printed at once by a cell or an execution, more gets a note
    source: int = MEBIBYTE // 4  # characters of one answer cell
    notebook: int = 10 * MEBIBYTE  # bytes of one submitted notebook
    checks: int = 60  # in one worker; with `cpu` it bounds the whole life of the process

    def apply(self) -> None:
        """Bound this process for good: memory, CPU of its whole life, no file growth, no core, few files.

        Time per check is bounded from outside, by the parent.
        """
        lifetime = int(self.cpu * self.checks) + 1
        bounds = {
            resource.RLIMIT_CPU: lifetime,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NOFILE: 64,
        }
        if sys.platform != "darwin":  # macOS refuses to bound the address space
            bounds[resource.RLIMIT_AS] = self.memory
        for which, most in bounds.items():
            hard = resource.getrlimit(which)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(which, (most, most))
