"""The parent's end of the pipe: starts a worker, asks it, bounds it, and is never harmed by it.

Nothing here blocks: reads and writes wait at most until the deadline, whatever the worker does (floods,
stops in the middle of a frame, stops altogether). When the session ends, the worker and all it started are
killed.
"""

from __future__ import annotations

import functools
import os
import random
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import astuple
from typing import Any

from checker.grading import protocol, sandbox, wire
from checker.grading.limits import Limits

#: Seconds between two looks at the worker's processor time.
_LOOK = 0.1
#: Seconds that starting an interpreter and importing the engine may take on a busy machine.
_START = 60.0
#: Times that the system is asked to start it.
_ATTEMPTS = 3
#: Bytes that one check may send; an honest one sends some kilobytes.
_MAX_REPLY = 16 << 20
#: Messages that one check may send.
_MAX_MESSAGES = 20_000
#: Characters kept of what the guard refused.
_MOST_SAID = 200
#: Times that the wall clock's limit is stretched at most on a busy machine.
_MOST_PATIENCE = 4.0


class WorkerLost(Exception):
    """The worker did not answer as it must, and is gone.

    Attributes:
        kind: "cpu", "wall" (time spent), "died" (ended by itself or by the system), "forged" (spoke
        nonsense, too
            much, or out of turn).
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Session:
    """One worker process.

    Raises:
        sandbox.SandboxError: the worker could not be started or could not lock itself down.
    """

    def __init__(self, limits: Limits, *, sandboxed: bool = True) -> None:
        self.limits = limits
        self._wrapped = sandboxed and sandbox.bubblewrap_works()
        self._process = _started(sandbox.command("checker.grading.worker", bubblewrap=self._wrapped))
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._requests, self._replies = self._process.stdin.fileno(), self._process.stdout.fileno()
        for end in (self._requests, self._replies, self._process.stderr.fileno()):
            os.set_blocking(end, False)
        self._frames = protocol.Frames()
        self._waiting: list[Any] = []
        self._received = self._messages = 0
        self._number = 0
        self.flooded = False  # something that it was asked to do printed more than the limit
        self.refused = ""  # what the guard refused to something that it was asked to do
        try:
            reply = self._exchange({"limits": astuple(limits), "sandboxed": sandboxed}, _START, None, None)
            self.layers = sandbox.Layers(bubblewrap=self._wrapped, **reply["ready"])
        except (WorkerLost, KeyError, TypeError) as error:
            said = self._complaint()
            self.close()
            raise sandbox.SandboxError(f"the worker did not start: {error}{': ' + said if said else ''}") from None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, request: dict[str, Any], allowed: Callable[[Any], bool] | None = None) -> dict[str, Any]:
        """Ask the worker, within the limits of one check.

        Args:
            allowed: answers the worker's questions about observations.

        Raises:
            WorkerLost: no proper answer came. The session is over.
        """
        try:
            if self._pending():
                raise WorkerLost("forged", "the worker spoke without being asked")
            return self._exchange(request, self.limits.wall, self.limits.cpu, allowed)
        except WorkerLost:
            self.close()
            raise

    def end(self) -> None:
        """Part in good order: nothing may have been said beyond the last reply.

        Raises:
            WorkerLost: something was.
        """
        if self.call({"do": "end"}) != {"ended": None} or self._pending():
            raise WorkerLost("forged", "the worker sent a reply to something else")
        self.close()

    def close(self) -> None:
        """Kill the worker and everything it started."""
        pids = [self._process.pid, *descendants(self._process.pid)]
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        for pid in pids[1:]:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    # one exchange

    def _exchange(
        self, request: dict[str, Any], wall: float, cpu: float | None, allowed: Callable[[Any], bool] | None
    ) -> dict[str, Any]:
        self._received = self._messages = explored = 0
        self._number = random.getrandbits(60)
        clock = _Clock(wall * _busy(), cpu, self._process.pid)
        self._write(protocol.frame((self._number, request)), clock)
        while True:
            try:
                message = self._read(clock)
            except WorkerLost as lost:
                if lost.kind in ("cpu", "wall") and explored:
                    raise WorkerLost(lost.kind, f"{lost} ({explored:,} schedules explored so far)") from None
                raise
            kind, content = self._opened(message)
            if kind == "ask" and allowed is not None:
                self._write(protocol.frame((self._number, {"allowed": bool(allowed(content))})), clock)
            elif kind == "progress" and type(content) is int:
                explored = content
            elif kind == "printed" and type(content) is int:
                self.flooded = True
            elif kind == "refused" and type(content) is str:
                self.refused = content[:_MOST_SAID]
            elif kind in ("ready", "ran", "failed", "found", "escaped", "ended"):
                return {kind: content}
            else:
                raise WorkerLost("forged", "the worker sent something that is no reply")

    def _opened(self, message: Any) -> tuple[str, Any]:
        """Kind and content of a message that belongs to the present request.

        A forger who sends a second reply, however well made, is found out by the number of the one that follows.
        """
        if type(message) is not tuple or len(message) != 2 or type(message[1]) is not dict or len(message[1]) != 1:
            raise WorkerLost("forged", "the worker sent something that is no reply")
        if message[0] != self._number:
            raise WorkerLost("forged", "the worker sent a reply to something else")
        ((kind, content),) = message[1].items()
        return kind, content

    def _complaint(self) -> str:
        """The last line that the worker wrote on stderr before it locked itself down."""
        assert self._process.stderr
        try:
            said = os.read(self._process.stderr.fileno(), 1 << 16)
        except OSError:
            return ""
        return said.decode(errors="replace").strip().rpartition("\n")[2]

    def _pending(self) -> bool:
        """Whether bytes have come that nobody asked for."""
        if self._waiting:
            return True
        try:
            return bool(os.read(self._replies, 1))
        except (BlockingIOError, OSError):
            return False

    def _write(self, data: bytes, clock: _Clock) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._requests, selectors.EVENT_WRITE)
            while data:
                clock.look()
                if not selector.select(_LOOK):
                    continue
                try:
                    data = data[os.write(self._requests, data) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError:
                    raise self._dead() from None

    def _read(self, clock: _Clock) -> Any:
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            while not self._waiting:
                clock.look()
                if not selector.select(_LOOK):
                    continue
                data = os.read(self._replies, 1 << 16)
                if not data:
                    raise self._dead()
                self._received += len(data)
                try:
                    self._waiting += self._frames.feed(data)
                except wire.WireError as error:
                    raise WorkerLost("forged", f"the worker sent {error}") from None
                if self._received > _MAX_REPLY:
                    raise WorkerLost("forged", f"the worker sent more than {_MAX_REPLY >> 20} MiB")
        self._messages += 1
        if self._messages > _MAX_MESSAGES:
            raise WorkerLost("forged", f"the worker sent more than {_MAX_MESSAGES:,} messages")
        return self._waiting.pop(0)

    def _dead(self) -> WorkerLost:
        try:
            status = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return WorkerLost("forged", "the worker closed its pipe")
        if status > 128 and self._wrapped:
            status = 128 - status  # bubblewrap reports a signal as a shell does
        if status == -signal.SIGXCPU:
            return WorkerLost("cpu", "the processor time of the whole submission was used up")
        if status < 0:
            name = signal.Signals(-status).name if -status in set(signal.Signals) else f"signal {-status}"
            return WorkerLost("died", f"the process crashed ({name})")
        return WorkerLost("died", f"the answer ended the process (exit status {status})")


def _started(command: list[str]) -> subprocess.Popen[bytes]:
    """The process, with pipes to it; a busy system may need more than one attempt."""
    problem = ""
    for _ in range(_ATTEMPTS):
        try:
            return subprocess.Popen(
                command,
                env=sandbox.ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd="/",
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            problem = str(error)
            time.sleep(_LOOK)
    raise sandbox.SandboxError(f"the worker could not be started: {problem}")


def _busy() -> float:
    """How much longer things take because others want the processors too: 1 to `_MOST_PATIENCE`.

    A mark must not depend on how busy the grading machine is; an answer that uses its processor time is ended by
    that limit anyway.
    """
    try:
        return min(_MOST_PATIENCE, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))
    except OSError:
        return 1.0


class _Clock:
    """The deadline and the processor time of one exchange."""

    def __init__(self, wall: float, cpu: float | None, pid: int) -> None:
        self._wall, self._cpu, self._pid = wall, cpu, pid
        self._deadline = time.monotonic() + wall
        self._used_before = _cpu_seconds(pid) if cpu is not None else 0.0
        self._next_look = time.monotonic() + _LOOK

    def look(self) -> None:
        """Raise WorkerLost if either is spent."""
        now = time.monotonic()
        if now > self._deadline:
            raise WorkerLost("wall", f"no verdict within {self._wall:.0f} s")
        if self._cpu is not None and now >= self._next_look:
            self._next_look = now + _LOOK
            if _cpu_seconds(self._pid) - self._used_before > self._cpu:
                raise WorkerLost("cpu", f"no verdict within {self._cpu:.0f} s of processor time")


def descendants(pid: int) -> list[int]:
    """Processes that descend from `pid`, as far as the system says (Linux)."""
    found: list[int] = []
    pending = [pid]
    while pending:
        parent = pending.pop()
        try:
            with open(f"/proc/{parent}/task/{parent}/children") as children:
                below = [int(child) for child in children.read().split()]
        except OSError:
            continue
        found += below
        pending += below
    return found


def _cpu_seconds(pid: int) -> float:
    """Processor time of `pid` and its descendants so far; 0.0 where the system does not say."""
    ticks = 0
    for each in (pid, *descendants(pid)):
        try:
            with open(f"/proc/{each}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def self_test(limits: Limits) -> sandbox.Layers:
    """Prove on this machine that a worker cannot do what is forbidden.

    Raises:
        sandbox.SandboxError: it can, or no worker starts.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "secret")
        with open(path, "w") as secret:
            secret.write("expected values")
        with Session(limits) as session:
            try:
                reply = session.call({"do": "escape", "path": path})
            except WorkerLost as lost:
                raise sandbox.SandboxError(f"the sandbox's self-test did not end: {lost}") from None
            escaped = reply.get("escaped")
            if escaped != []:
                what = ", ".join(escaped) if escaped else str(reply)
                raise sandbox.SandboxError(
                    f"the sandbox does not hold on this machine ({session.layers}): possible are {what}"
                )
            return session.layers


#: The self-test is done once in a process; what it forks need not do it again.
proven = functools.cache(self_test)
