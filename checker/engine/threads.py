"""Threads under control: starting, joining, asking; and the other functions that take a real one's place.

Each looks at who calls it: a controlled thread gets the controlled behaviour, any other thread of the process
(the kernel has eight) the real one.
"""

from __future__ import annotations

import _queue
import _thread
import concurrent.futures.thread as futures_thread
import contextvars
import random
import sys
import threading
from collections.abc import Callable
from typing import Any

from ..together import name_of as _real_name_of
from . import current
from .contents import ALL
from .primitives import ControlledLock, ControlledRLock, ControlledSimpleQueue
from .sites import CONTEXT_SITE, LISTS, THREADS
from .tasks import JOIN, LOOK, Op, Task, Unwind, join_clock
from .wording import describe_error

_real_get_ident = _thread.get_ident
_real_get_native_id = _thread.get_native_id
_real_start_new_thread = _thread.start_new_thread
_real_start = threading.Thread.start
_real_join = threading.Thread.join
_real_is_alive = threading.Thread.is_alive
_real_excepthook = threading.excepthook
_real_enumerate = threading.enumerate
_real_active_count = threading.active_count
_real_lock = _thread.allocate_lock
_real_rlock = _thread.RLock
_LOCK_IS_A_TYPE = isinstance(threading.Lock, type)
#: Where a Thread keeps its handle, of which it asks whether it has ended: nowhere up to 3.12, here or there since.
_HANDLE = next((name for name in ("_os_thread_handle", "_handle") if name in vars(threading.main_thread())), "")


def controlled() -> Any:
    """The runtime, if the caller is one of its threads."""
    rt = current.runtime
    return rt if rt is not None and rt.caller() is not None else None


# -- making locks and queues --------------------------------------------------------------------------------------


class _Maker(type):
    """A class whose call gives a controlled object to controlled threads, and whose instances are both kinds."""

    real: Any
    ours: Any

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if controlled():
            if args or kwargs:
                cls.real(*args, **kwargs)  # raises what it deserves
            return cls.ours()
        return cls.real(*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.ours) or (isinstance(cls.real, type) and isinstance(instance, cls.real))


class _Lock(metaclass=_Maker):
    real = _real_lock if not _LOCK_IS_A_TYPE else threading.Lock
    ours = ControlledLock


class _RLock(metaclass=_Maker):
    real = _real_rlock
    ours = ControlledRLock


class _SimpleQueue(metaclass=_Maker):
    real = _queue.SimpleQueue
    ours = ControlledSimpleQueue

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


def _make_lock() -> Any:
    return ControlledLock() if controlled() else _real_lock()


def make_waiter() -> Any:
    """The lock that `Condition.wait` makes for each wait, and forgets."""
    lock = _make_lock()
    if isinstance(lock, ControlledLock):
        lock.waiter = True
    return lock


_make_lock.one_step = True  # type: ignore[attr-defined]  # as the real one, which is written in C
# threading.Lock is a function up to 3.12 and a type from 3.13, and so is ours
make_lock: Any = _Lock if _LOCK_IS_A_TYPE else _make_lock
lock_type: Any = _Lock
make_rlock: Any = _RLock
make_simple_queue: Any = _SimpleQueue


# -- identity -----------------------------------------------------------------------------------------------------


def get_ident() -> int:
    """`threading.get_ident`: small numbers for controlled threads, the same in every execution."""
    rt = current.runtime
    if rt is not None:
        task = rt.caller()
        if task is not None:
            return task.ident
    return _real_get_ident()


#: By how much a controlled thread's native id differs from its ident.
NATIVE = 50_000


def get_native_id() -> int:
    """`threading.get_native_id`: another number than the ident, as in CPython."""
    return get_ident() + NATIVE if controlled() else _real_get_native_id()


# -- starting and ending --------------------------------------------------------------------------------------------


def start(self: threading.Thread) -> None:
    """`threading.Thread.start`."""
    rt = controlled()
    if rt is None:
        _real_start(self)
        return
    if not getattr(self, "_initialized", False):
        _real_start(self)  # raises what it deserves
    if self._started._flag:  # type: ignore[attr-defined]
        raise RuntimeError("threads can only be started once")
    self._started._flag = True  # type: ignore[attr-defined]
    run = _in_its_context(self)

    def body() -> None:
        try:
            run()
        except Unwind:
            raise
        except BaseException:
            self._invoke_excepthook(self)  # type: ignore[attr-defined]

    task = rt.spawn(self.name, self, self.daemon, body)
    self._ident = task.ident  # type: ignore[attr-defined]
    if hasattr(self, "_native_id"):
        self._native_id = task.ident + NATIVE
    threading._active[task.ident] = self  # type: ignore[attr-defined]


def _in_its_context(thread: threading.Thread) -> Callable[[], Any]:
    """Its `run`, in the context that it was given or that this interpreter would give it (3.14)."""
    if not hasattr(thread, "_context"):
        return thread.run
    if thread._context is None:
        inherits = getattr(sys.flags, "thread_inherit_context", False)
        thread._context = contextvars.copy_context() if inherits else contextvars.Context()
    context: contextvars.Context = thread._context

    # Others that use the same context come before, while this one is inside, or after it.
    def run() -> None:
        _touch_context(context)
        context.run(inside)

    def inside() -> None:
        try:
            thread.run()
        finally:
            _touch_context(context)

    return run


def _touch_context(context: contextvars.Context) -> None:
    rt = controlled()
    if rt is not None and not rt.ended:
        rt.touch(CONTEXT_SITE, context, ALL, True)


def start_new_thread(function: Callable[..., Any], args: Any = (), kwargs: Any = None, /) -> int:
    """`_thread.start_new_thread`."""
    rt = controlled()
    if rt is None:
        return _real_start_new_thread(function, args, *([] if kwargs is None else [kwargs]))

    if not callable(function):
        raise TypeError("first arg must be callable")
    if not isinstance(args, tuple):
        raise TypeError("2nd arg must be a tuple")
    if not isinstance(kwargs, (dict, type(None))):
        raise TypeError("optional 3rd arg must be a dictionary")

    def body() -> None:
        try:
            function(*args, **(kwargs or {}))
        except (Unwind, SystemExit) as error:
            if not isinstance(error, SystemExit):
                raise
        except BaseException as error:
            rt.uncaught("a thread started with _thread", error)

    return int(rt.spawn("thread", None, True, body).ident)


def enter_main(task: Task) -> None:
    """Give the scenario's thread a Thread object of its own, so that it looks like the main thread."""
    main = threading.Thread.__new__(threading.Thread)
    threading._active[task.ident] = main  # type: ignore[attr-defined]
    main._daemonic = False  # type: ignore[attr-defined]  # Thread.__init__ asks current_thread() for it
    threading.Thread.__init__(main, name="MainThread", daemon=False)
    main._started._flag = True  # type: ignore[attr-defined]
    main._ident = task.ident  # type: ignore[attr-defined]
    threading._main_thread = main  # type: ignore[attr-defined]
    task.thread = main


def forget(task: Task) -> None:
    """A controlled thread has ended: leave its Thread object as a real one would be."""
    thread = task.thread
    threading._active.pop(task.ident, None)  # type: ignore[attr-defined]
    if thread is None:
        return
    # The tables of the living hold ended threads until these are collected; those of many executions hash alike.
    threading._dangling.discard(thread)  # type: ignore[attr-defined]
    futures_thread._threads_queues.pop(thread, None)  # type: ignore[attr-defined]
    thread._is_stopped = True  # type: ignore[attr-defined]
    if not _HANDLE:
        thread._tstate_lock = None  # type: ignore[attr-defined]
    else:
        # the handle that Thread made was never started, and only a running one can be done
        handle = _thread._make_thread_handle(task.ident)  # type: ignore[attr-defined]
        handle._set_done()
        setattr(thread, _HANDLE, handle)


def task_of(rt: Any, thread: threading.Thread) -> Task | None:
    for task in rt.tasks:
        if task.thread is thread:
            found: Task = task
            return found
    return None


def join(self: threading.Thread, timeout: float | None = None) -> None:
    """`threading.Thread.join`."""
    rt = controlled()
    if rt is None:
        _real_join(self, timeout)
        return
    if not getattr(self, "_initialized", False):
        _real_join(self)  # raises what it deserves
    if not self._started._flag:  # type: ignore[attr-defined]
        raise RuntimeError("cannot join thread before it is started")
    task = task_of(rt, self)
    if task is rt.task:
        raise RuntimeError("cannot join current thread")
    if task is None:
        rt.doubt(f"{self.name} was started outside the scenario")
        _real_join(self, timeout)
        return
    if timeout is not None:
        timeout = max(timeout, 0)
        _real_lock().acquire(timeout=timeout)  # raises what a bad timeout deserves
        timeout = float(timeout)
    me = rt.step()
    seen = ((("thread", task.index), ALL, False),)
    if timeout is None:
        rt.point(Op(JOIN, seen, lambda: task.finished, what=task))
    elif timeout > 0:
        deadline = rt.deadline_after(timeout)
        rt.point(Op(JOIN, seen, lambda: task.finished, deadline, task))
    else:
        rt.point(Op(LOOK, seen, what=task))
    if task.finished:
        join_clock(me.clock, task.clock)
    if rt.tracer:
        rt.tracer.record("join", task.name, "" if task.finished else "timeout")


def is_alive(self: threading.Thread) -> bool:
    """`threading.Thread.is_alive`."""
    rt = controlled()
    if rt is None:
        return _real_is_alive(self)
    if not getattr(self, "_initialized", False):
        _real_is_alive(self)  # raises what it deserves
    task = task_of(rt, self)
    if task is None:
        return bool(self._started._flag) and not getattr(self, "_is_stopped", False)  # type: ignore[attr-defined]
    me = rt.step()
    rt.point(Op(LOOK, ((("thread", task.index), ALL, False),), what=task))
    if task.finished:
        join_clock(me.clock, task.clock)
    return not task.finished


def enumerate_threads() -> list[threading.Thread]:
    """`threading.enumerate`: a look at which threads are alive."""
    rt = controlled()
    if rt is None:
        return _real_enumerate()
    rt.step()
    rt.touch(LISTS, THREADS, ALL, False)
    return [task.thread for task in sorted(rt.live, key=lambda task: task.ident) if task.thread is not None]


def active_count() -> int:
    """`threading.active_count`."""
    return len(enumerate_threads()) if controlled() else _real_active_count()


def name_of(place: int) -> str:
    """`checker.together.name_of`: grading calls the threads by names that nobody can guess."""
    rt = controlled()
    return str(rt.looks.thread(place)) if rt is not None else _real_name_of(place)


def died(error: BaseException) -> None:
    """`checker.together.died`: should the others wait for this thread for ever, the story says why."""
    rt = controlled()
    if rt is not None and rt.tracer:
        rt.tracer.raised(error)
    if rt is not None and not rt.died:
        rt.died = f"{describe_error(error)} in {rt.task.name}"


def excepthook(args: Any, /) -> None:
    """`threading.excepthook`: an exception that leaves a controlled thread is an outcome.

    A hook that the scenario installs takes this one's place, and the exception is then its affair. Hooks that were
    there before (a test runner's, a kernel's) hear only of threads that are not controlled.
    """
    rt = controlled()
    if rt is None:
        _real_excepthook(args)
    elif args.exc_type is not SystemExit:
        rt.uncaught(args.thread.name if args.thread is not None else "a thread", args.exc_value)


_real_unraisablehook = sys.unraisablehook
_real_id = id


def unraisablehook(args: Any, /) -> None:
    """The unwinding of a thread may pass through a destructor or a weak reference's callback, or leave behind an
    object that is half made: that is no news. An interruption from the keyboard that was lost there comes again."""
    rt = controlled()
    if rt is None and args.exc_type is KeyboardInterrupt:
        current.interrupted = True
    elif args.exc_type is not Unwind and not (rt is not None and rt.ended):
        _real_unraisablehook(args)


def number(obj: Any, /) -> int:
    """`id`, the same in every execution, for code that orders locks by it."""
    rt = controlled()
    return int(rt.number(obj)) if rt is not None else _real_id(obj)


def numbered(cls: type) -> tuple[Any, Any]:
    """`__init__` and `__hash__` for a class of the library whose objects are kept in sets.

    The order of a set hangs on the hashes, by default on addresses, which differ between executions. Objects made by
    controlled threads hash by the number they get when they are made.
    """
    real_init = cls.__init__  # type: ignore[misc]

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        rt = controlled()
        if rt is not None:
            self.__dict__["_serial"] = rt.serial()
        real_init(self, *args, **kwargs)

    def __hash__(self: Any) -> int:
        return self.__dict__.get("_serial") or object.__hash__(self)

    __init__.__qualname__ = real_init.__qualname__
    return __init__, __hash__


# -- chance ---------------------------------------------------------------------------------------------------------


def _generator(rt: Any) -> random.Random:
    """A random generator per thread, so that what one thread draws does not depend on the schedule."""
    task = rt.task
    task.changed = True
    if task.random is None:
        task.random = random.Random(rt.seed * 1009 + rt.looks.seed(task.index))
    found: random.Random = task.random
    return found


def own_random(name: str, real: Any) -> Any:
    """The function `name` of the module `random`, drawing from the calling thread's own generator."""

    def draw(*args: Any, **kwargs: Any) -> Any:
        rt = controlled()
        if rt is None:
            return real(*args, **kwargs)
        return getattr(_generator(rt), name)(*args, **kwargs)

    draw.__name__ = name
    return draw


def deterministic_seed(real: Any) -> Any:
    """`random.Random.seed`: a generator made without a seed is seeded from the thread's own."""

    def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
        rt = controlled()
        if rt is not None and a is None and type(self) is random.Random:
            rt.task.generators += 1
            a = (rt.seed * 1013 + rt.looks.seed(rt.task.index)) * 100_003 + rt.task.generators
        real(self, a, version)

    return seed


def patches() -> dict[tuple[Any, str], Any]:
    """What is set where for the time of an exploration, besides the replacements of functions of C."""
    table: dict[tuple[Any, str], Any] = {
        (threading.Thread, "start"): start,
        (threading.Thread, "join"): join,
        (threading.Thread, "is_alive"): is_alive,
        (threading, "enumerate"): enumerate_threads,
        (threading, "active_count"): active_count,
        (threading, "_allocate_lock"): make_waiter,
    }
    if hasattr(threading, "_CRLock"):
        table[threading, "_CRLock"] = make_rlock
    return table
