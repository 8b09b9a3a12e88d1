"""A child process that runs the rounds, by fork or by a new interpreter, and is ended for certain.

A scenario usually lives in a notebook's `__main__` and cannot be sent to a new interpreter, so the child is
forked. Forking a process that has several threads (a Jupyter kernel has about eight) is risky because a
lock that another thread holds at that moment stays locked in the child; Python 3.12 and later warn about
it. It is sound here because the child touches nothing that those threads share: it replaces the standard
streams before the scenario runs, never returns to the caller's code, runs no finalizer of the parent's
objects (`gc.freeze`), takes the wake-up descriptor from the event loop, and leaves by `os._exit` without
exit handlers. CPython renews its own locks (interpreter, imports, logging, random) on a fork. Should the
child hang nevertheless, the parent kills it at the deadline. Where there is no fork, functions that can be
imported run in a new interpreter.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import IO, Any

from checker.stressing.rounds import Options, Report, Rounds

_LENGTH = struct.Struct("<I")
_LARGEST = 16 * 1024 * 1024  # bytes of one report


class Child:
    """A running child: `reports` to read from, `ask_where` for a dump, `end` to kill it."""

    def __init__(self, pid: int, reports: IO[bytes], popen: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self.reports = reports
        self._popen = popen

    def read(self) -> Report | None:
        """The next report, or None after the last."""
        head = self.reports.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (size,) = _LENGTH.unpack(head)
        body = self.reports.read(size) if size <= _LARGEST else b""
        return pickle.loads(body) if len(body) == size else None

    def ask_where(self) -> None:
        """Have the child write where its threads are, even if no Python code can run in it."""
        if hasattr(signal, "SIGUSR1"):
            _signal(self.pid, signal.SIGUSR1)

    def end(self) -> None:
        """Kill the child and all that it started; return when it is gone."""
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()
        else:
            for send in (os.killpg, os.kill):
                _signal(self.pid, signal.SIGKILL, send)
            os.waitpid(self.pid, 0)


def _signal(pid: int, number: int, send: Callable[[int, int], None] = os.kill) -> None:
    try:
        send(pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # already gone (or, for a group, not yet made)


def start(scenario: Callable[[], Any], options: Options, *, fork: bool = hasattr(os, "fork")) -> Child:
    """Start a child that runs the rounds. Raises ValueError if the scenario cannot be run in one."""
    return _fork(scenario, options) if fork else _spawn(scenario, options)


def _fork(scenario: Callable[[], Any], options: Options) -> Child:
    readable, writable = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # see the top of this file
        pid = os.fork()
    if pid:
        os.close(writable)
        return Child(pid, os.fdopen(readable, "rb"))
    status = 1
    try:
        os.close(readable)
        gc.freeze()
        os.setsid()  # a group of its own, killed as one; no Ctrl-C from the terminal
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        Rounds(scenario, options, lambda report: _send(writable, report)).run()
        status = 0
    finally:
        os._exit(status)


def _send(descriptor: int, report: Report) -> None:
    body = pickle.dumps(report)
    data = memoryview(_LENGTH.pack(len(body)) + body)
    while data:
        data = data[os.write(descriptor, data) :]


def _spawn(scenario: Callable[[], Any], options: Options) -> Child:
    module, name = getattr(scenario, "__module__", ""), getattr(scenario, "__qualname__", "<")
    if module == "__main__" or "<" in name:
        raise ValueError(f"{name} cannot be run in another process on this system: put it into a module, at top level")
    popen = subprocess.Popen(
        [sys.executable, "-m", "checker.stressing.child", pickle.dumps((module, name, options)).hex()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert popen.stdout is not None
    return Child(popen.pid, popen.stdout, popen)


def _main() -> None:
    """Entry of a new interpreter: import the scenario and report on a copy of standard output."""
    import functools
    import importlib

    module, name, options = pickle.loads(bytes.fromhex(sys.argv[1]))
    scenario: Any = functools.reduce(getattr, name.split("."), importlib.import_module(module))
    reports = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    Rounds(scenario, options, lambda report: _send(reports, report)).run()
    os._exit(0)


if __name__ == "__main__":
    _main()
