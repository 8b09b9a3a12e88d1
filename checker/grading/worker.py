"""The process that holds the answer and the engine, and nothing else worth having.

It is started fresh for every submission, locks itself down before the first word of the answer is read, and
then does what the parent asks: run a cell, explore a scenario. It knows no expected value: for each new
observation it asks. The parent (`checker.grading.session`) believes nothing it says without looking.
"""

from __future__ import annotations

import builtins
import hashlib  # noqa: F401  the looks draw by it, when no file can be read any more
import inspect
import io
import linecache
import mmap
import os
import socket
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable
from typing import Any, BinaryIO

import checker
from checker.grading import guard, library, protocol, sandbox, wire
from checker.grading.limits import Limits
from checker.grading.sweep import Sweep
from checker.outcomes import Execution
from checker.search.explorer import explore_scenario

#: Seconds between two signs of life in a long exploration.
_BEAT = 0.5
#: Virtual memory for the stack of one thread: deep recursion fits, and hundreds of threads do.
_STACK = 2 << 20
#: As they are before the answer is read.
_BUILTINS = dict(vars(builtins))


class Pipe:
    """The worker's end: one request at a time, whose number every message carries."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._requests, self._replies = requests, replies
        self._number = 0

    def receive(self) -> Any:
        number, message = protocol.read(self._requests)
        self._number = number
        return message

    def send(self, message: Any) -> None:
        self._replies.write(protocol.frame((self._number, message)))
        self._replies.flush()


class BoundedOutput(io.TextIOBase):
    """Takes what the answer prints while its cells are loaded, counts it, and forgets it."""

    def __init__(self) -> None:
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.size += len(text)
        return len(text)


class Worlds:
    """The namespaces in which cells run, each known to the parent by a number."""

    def __init__(self) -> None:
        self._modules: dict[int, types.ModuleType] = {}
        self._trusted: dict[int, dict[str, Any]] = {}
        self._lines: dict[int, dict[str, tuple[int, None, list[str], str]]] = {}  # for linecache, by file name

    def namespace(self, world: int) -> dict[str, Any]:
        """The namespace of a world, which becomes `__main__`; stories then show the source lines of its cells."""
        if world not in self._modules:
            self._modules[world] = types.ModuleType("__main__")
            self._trusted[world] = {}
            self._lines[world] = {}
        linecache.cache.update(self._lines[world])
        sys.modules["__main__"] = self._modules[world]
        return vars(self._modules[world])

    def run(
        self,
        world: int,
        name: str,
        source: str,
        trusted: list[str] | None = None,
        own: dict[str, Any] | None = None,
        key: int = 0,
    ) -> str:
        """Run a cell; return the error that ended it, or "".

        Args:
            trusted: names the cell binds which the learner's cells cannot change for the checks.
            own: the names it uses in place of the world's.
            key: not 0 if the cell's functions are not to be told from those of other cells.
        """
        filename = f"<{name}>"
        namespace = self.namespace(world)
        if not key:
            lines = (len(source), None, source.splitlines(keepends=True), filename)
            linecache.cache[filename] = self._lines[world][filename] = lines
        try:
            code = alike(source, key) if key else guard.compiled(source, filename)
            exec(code, namespace if own is None else own)
        except BaseException as error:  # SystemExit and KeyboardInterrupt are the answer's own here
            return describe(error)
        self._trusted[world].update((name, namespace[name]) for name in trusted or () if name in namespace)
        return ""

    def restore(self, world: int) -> dict[str, Any]:
        """The namespace with the trusted names put back."""
        namespace = self.namespace(world)
        namespace.update(self._trusted[world])
        return namespace


def alike(source: str, key: int) -> types.CodeType:
    """Code of a cell whose functions look like any other cell's: an answer that is handed one, or that looks at a
    traceback, does not learn which check is under way."""

    def renamed(code: types.CodeType, within: str) -> types.CodeType:
        function = code.co_flags & inspect.CO_OPTIMIZED  # else it is the cell, or the body of a class
        name = "f" if function else code.co_name
        below = f"{within}{name}.<locals>." if function else f"{within}{name}." if within else ""
        constants = [renamed(each, below) if isinstance(each, types.CodeType) else each for each in code.co_consts]
        if not function:  # a class takes its qualified name from there
            constants = [within + name if each == code.co_qualname else each for each in constants]
        return code.replace(co_consts=tuple(constants), co_name=name, co_qualname=within + name)

    return renamed(compile("\n" * (key % 997) + source, "<check>", "exec"), "")


def describe(error: BaseException) -> str:
    """One line: type, message and where in the notebook it was raised. Never raises."""
    try:
        text = traceback.format_exception_only(error)[-1].strip()[:500]
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith("<")]
        if frames and not isinstance(error, SyntaxError):
            text += f" (line {frames[-1].lineno}: {(frames[-1].line or '')[:100]})"
        elif isinstance(error, SyntaxError) and error.lineno:
            text += f" (line {error.lineno}: {(error.text or '').strip()[:100]})"
    except BaseException:
        return f"{type(error).__name__} (its text cannot be shown)"
    return text


def explore(pipe: Pipe, worlds: Worlds, sweep: Sweep, request: dict[str, Any]) -> dict[str, Any]:
    """Explore the scenario that the request names, asking the parent about each new observation."""
    namespace = worlds.restore(request["world"])
    # The check has names of its own: whatever the answer binds while it runs, the check's are not changed by it.
    own = {name: value for name, value in namespace.items() if name not in _BUILTINS} | {"__builtins__": _BUILTINS}
    key = request["key"]
    error = worlds.run(request["world"], request["name"], request["source"], own=own, key=key)
    if error:
        return {"failed": error}
    scenario = eval(request["scenario"], own)
    beat = 0.0

    def allowed(execution: Execution) -> bool:
        pipe.send({"ask": execution.observation})
        return bool(pipe.receive()["allowed"])

    def progress(executions: int, seconds: float) -> None:
        nonlocal beat
        if seconds - beat >= _BEAT:
            beat = seconds
            pipe.send({"progress": executions})

    options = {**request["options"], "hidden": sweep.functions(namespace), "key": key}
    # by the processor's time: how far a search comes must not depend on what else the machine does
    found = explore_scenario(scenario, allowed=allowed, progress=progress, clock=time.process_time, **options)
    return {"found": found}


def escapes(path: str) -> list[str]:
    """Try what is forbidden; return what succeeded."""
    attempts: dict[str, Callable[[], Any]] = {
        "reading a file": lambda: open(path).close(),
        "listing a folder": lambda: os.listdir(os.path.dirname(path)),
        "writing a file": lambda: open(path + ".new", "w").close(),
        "deleting a file": lambda: os.unlink(path),
        "a network connection": lambda: socket.create_connection(("127.0.0.1", 9), timeout=0.2),
        "a socket": lambda: socket.socket().close(),
        "a new process": _fork,
        "another program": _execute,
        "a signal to the parent": lambda: os.kill(os.getppid(), 0),
        "2 GiB of memory": lambda: mmap.mmap(-1, 2 << 30).close(),
    }
    succeeded = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, MemoryError):
            continue
        succeeded.append(name)
    return succeeded


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _execute() -> None:
    try:
        os.execv("/there/is/no/such/program", ["program"])
    except PermissionError:
        raise
    except OSError:
        return  # it would have been run


def main() -> None:
    """Lock down, then serve until the parent closes the pipe."""
    pipe = Pipe(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"))
    hello = pipe.receive()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(null, standard)
    threading.stack_size(_STACK)
    limits = Limits(*hello["limits"])
    landlock, seccomp = sandbox.lock_down(limits) if hello["sandboxed"] else (0, False)
    os.dup2(null, 2)
    sys.stdout = sys.stderr = output = BoundedOutput()
    for name in (
        "check",
        "discuss",
        "explore",
        "stress",
    ):  # what a learner's own calls of these do here: nothing
        setattr(checker, name, lambda *_, **__: None)
    pipe.send({"ready": {"landlock": landlock, "seccomp": seccomp, "rlimits": bool(hello["sandboxed"])}})
    worlds = Worlds()
    guard.install()
    library.install()
    sweep = Sweep()
    while True:
        try:
            request = pipe.receive()
        except EOFError:
            return
        try:
            if request["do"] == "run":
                cell = (request["world"], request["name"], request["source"], request["trusted"])
                reply: dict[str, Any] = {"ran": worlds.run(*cell)}
            elif request["do"] == "explore":
                reply = explore(pipe, worlds, sweep, request)
            elif request["do"] == "end":
                reply = {"ended": None}
            else:
                reply = {"escaped": escapes(request["path"])}
        except BaseException as error:  # an answer may raise anything, anywhere
            reply = {"failed": describe(error)}
        printed = max(output.size, reply["found"].printed if "found" in reply else 0)
        output.size = 0
        try:
            if printed > limits.output:
                pipe.send({"printed": printed})
            if guard.said:
                pipe.send({"refused": guard.said[0]})
                guard.said.clear()
            pipe.send(reply)
        except wire.WireError as error:
            pipe.send({"failed": f"the result cannot be sent: {error}"})


if __name__ == "__main__":
    main()
