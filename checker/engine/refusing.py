"""What does not belong in a scenario is refused by name, at once.

Processes, event loops, sockets and signals wait for the real world: it does not move with virtual time, and a thread
that waits for it while it holds the baton would hold up all others until patience ends. Named here are the deepest
functions that lead there; the reader is told the one that the learner's own code called.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from . import current
from .owning import is_learner_file

_WAITS = "it waits for something real, which no schedule can bring about"
_PROCESS = "other processes do not stop where the check says"
_SHARED = "it is made for processes and waits in real time"
_POOL = "its threads are waited for in real time; those of ThreadPoolExecutor are not"
_LOOP = "an event loop switches by itself and waits in real time"
_SIGNALS = "signals come in real time, to the whole process"
_INTERPRETERS = "what runs in another interpreter is not under control"
_ENDS = "it concerns the whole process"

#: Module -> why its functions are refused, and which (a dot leads into a class). Only loaded modules are looked at.
_REFUSED: dict[str, tuple[tuple[str, str], ...]] = {
    "asyncio.runners": ((_LOOP, "Runner.__enter__ Runner.run"),),
    "asyncio.base_events": ((_LOOP, "BaseEventLoop.__init__ BaseEventLoop.run_forever"),),
    "subprocess": ((_PROCESS, "Popen.__init__"),),
    "multiprocessing.process": ((_PROCESS, "BaseProcess.start"),),
    "multiprocessing.pool": ((_POOL, "Pool.__init__ Pool._check_running"),),
    "multiprocessing.synchronize": ((_SHARED, "SemLock.__init__ SemLock.__enter__"),),
    "multiprocessing.queues": ((_SHARED, "Queue.put Queue.get SimpleQueue.put SimpleQueue.get"),),
    "multiprocessing.connection": ((_SHARED, "Pipe _ConnectionBase.recv _ConnectionBase.send _ConnectionBase.poll"),),
    "concurrent.futures.process": ((_PROCESS, "ProcessPoolExecutor.__init__ ProcessPoolExecutor.submit"),),
    "concurrent.futures.interpreter": ((_INTERPRETERS, "InterpreterPoolExecutor.__init__"),),
    "concurrent.interpreters": ((_INTERPRETERS, "create Interpreter.exec"),),
    "os": (
        (_PROCESS, "fork forkpty posix_spawn posix_spawnp system wait wait3 wait4 waitpid waitid"),
        (_WAITS, "pipe pipe2"),
        (_ENDS, "_exit abort kill killpg execv execve"),
    ),
    "fcntl": ((_WAITS, "flock lockf"),),
    "_thread": ((_ENDS, "interrupt_main"), (_WAITS, "start_joinable_thread")),
    "_signal": ((_SIGNALS, "signal pause alarm setitimer sigwait sigwaitinfo sigtimedwait raise_signal pthread_kill"),),
    "signal": ((_SIGNALS, "pause alarm setitimer raise_signal pthread_kill"),),
    "select": ((_WAITS, "select poll epoll kqueue"),),
    "selectors": (
        (_WAITS, "_BaseSelectorImpl.__init__ SelectSelector.select _PollLikeSelector.select EpollSelector.select"),
    ),
    "socket": (
        (_WAITS, "socket.__init__ socket.accept socket.connect socketpair getaddrinfo gethostbyname"),
        (_WAITS, "socket.recv socket.recv_into socket.recvfrom socket.send socket.sendall socket.sendto"),
    ),
    "builtins": ((_WAITS, "input"),),
}


def refusals() -> list[tuple[Any, str, Any]]:
    """(holder, name, what takes its place) for everything that is refused and loaded."""
    return _refusals(len(sys.modules))


@functools.lru_cache(maxsize=1)
def _refusals(loaded: int) -> list[tuple[Any, str, Any]]:
    """The same as long as so many modules are loaded."""
    found: list[tuple[Any, str, Any]] = []
    for module_name, groups in _REFUSED.items():
        module = sys.modules.get(module_name)
        for why, names in groups if module is not None else ():
            for path in names.split():
                *outer, name = path.split(".")
                holder = functools.reduce(lambda part, step: getattr(part, step, None), outer, module)
                real = getattr(holder, name, None)
                if real is not None:
                    found.append((holder, name, _refused(real, f"{module_name}.{path}", why)))
    return found


def _refused(real: Any, name: str, why: str) -> Callable[..., Any]:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        rt = current.runtime
        if rt is None or rt.caller() is None:
            return real(*args, **kwargs)
        rt.refuse(f"{_called(rt, name)}() does not belong in a scenario: {why}")

    refuse.__name__ = getattr(real, "__name__", name)
    return refuse


def _called(rt: Any, name: str) -> str:
    """The library's function that the learner's code called, on the way to the one that is refused."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and not is_learner_file(frame.f_code.co_filename):
        module = frame.f_globals.get("__name__", "")
        if module.startswith("checker."):
            break
        name = f"{module}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    name = name.removeprefix("builtins.").removesuffix(".__init__").removesuffix(".__enter__")
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    return f"{package}.{last}" if hasattr(sys.modules.get(package), last) else name


def refuse_instance(value: Any) -> Callable[[], None]:
    """Refuse the methods in C that a lock of `multiprocessing` keeps as attributes; returns what undoes it."""
    space = vars(value)
    real = {name: space[name] for name in ("acquire", "release") if name in space}
    for name, method in real.items():
        space[name] = _refused(method, f"{type(value).__module__}.{type(value).__name__}.{name}", _PROCESS)
    return lambda: space.update(real)
