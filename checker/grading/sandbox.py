"""The worker's lock-down: its layers, and how a worker is started inside them.

Four layers, each of which stands by itself:

bubblewrap  namespaces around the process: no network, no other process, only the files Python needs (if
installed) landlock    no files but the standard library, read-only seccomp     no system calls but those
that threads and reading need rlimits     memory, processor time, size of files, number of open files
"""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from checker.grading import landlock, seccomp
from checker.grading.limits import Limits

_PR_SET_PDEATHSIG = 1
_PACKAGE = Path(__file__).resolve().parents[1]
#: What a worker finds in its environment. One memory arena, or the address space is spent on arenas and
#: threads cannot start; a fixed hash seed, so that the same answer is explored the same way each time.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONSAFEPATH": "1",
    "PYTHONPATH": str(_PACKAGE.parent),
}


class SandboxError(RuntimeError):
    """Untrusted code cannot be locked in on this machine: says what escaped."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Which layers are on."""

    bubblewrap: bool = False
    landlock: int = 0  # version of the interface
    seccomp: bool = False
    rlimits: bool = False

    def __str__(self) -> str:
        parts = [
            "bubblewrap" if self.bubblewrap else "no bubblewrap",
            f"Landlock {self.landlock}" if self.landlock else "no Landlock",
            "seccomp" if self.seccomp else "no seccomp",
            "rlimits" if self.rlimits else "no rlimits",
        ]
        return ", ".join(parts)


def lock_down(limits: Limits) -> tuple[int, bool]:
    """Lock this process in, for good. Call it in the only thread there is.

    Returns:
        The version of Landlock and whether seccomp filters, as far as this kernel has them.
    """
    limits.apply()
    if sys.platform == "linux":  # a worker does not outlive the process that started it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    version = landlock.restrict(_readable())
    return version, seccomp.restrict()


def _readable() -> list[str]:
    """What Python needs once the engine is imported: the standard library and what it is linked to."""
    paths = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    paths += [os.path.join(prefix, "lib") for prefix in {sys.base_prefix, sys.base_exec_prefix}]
    paths += ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/usr/share/zoneinfo"]
    return [*paths, "/dev/null", "/dev/urandom"]


def command(module: str, *, bubblewrap: bool) -> list[str]:
    """The command that starts `module` in a fresh interpreter, inside bubblewrap if asked."""
    python = [sys.executable, "-s", "-P", "-B", "-m", module]
    if not bubblewrap:
        return python
    wrapped = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    seen = ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", sys.base_prefix, sys.prefix, str(_PACKAGE)]
    for path in dict.fromkeys(seen):
        wrapped += ["--ro-bind-try", path, path]
    return [*wrapped, "--dev", "/dev", "--chdir", "/", "--", *python]


@functools.cache
def bubblewrap_works() -> bool:
    """Whether a probe run inside bubblewrap succeeds: it needs the program and user namespaces."""
    if shutil.which("bwrap") is None:
        return False
    probe = command("this", bubblewrap=True)  # any module of the standard library
    try:
        done = subprocess.run(probe, env=ENVIRONMENT, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
