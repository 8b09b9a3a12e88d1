"""Controlled forms of what `_thread`, `time` and `queue` give: Lock, RLock, SimpleQueue, the clock, sleeping.

Everything else in the standard library that synchronises threads is written in Python above these and runs
unmodified. Arguments are checked by a real lock, so that every error and message is this interpreter's own.
Called from a thread that is not controlled, each does what the real one does.
"""

from __future__ import annotations

import _queue
import _thread
import itertools
import operator
import time
from collections import deque
from typing import Any

from . import current
from .contents import ALL
from .tasks import ACQUIRE, GET, LOOK, PUT, RELEASE, SLEEP, TRY, Clock, Op, Task, join_clock

_real_lock = _thread.allocate_lock
_real_rlock = _thread.RLock
_real_get_ident = _thread.get_ident
_real_simple_queue = _queue.SimpleQueue


def _arguments(blocking: Any = True, timeout: Any = -1) -> tuple[bool, float]:
    return bool(blocking), float(timeout)


def _outside() -> RuntimeError:
    return RuntimeError("this lock belongs to an exploration that has ended")


_outside_serial = itertools.count(1_000_000_000).__next__


def _serial() -> int:
    """A number for a new lock, the same in every execution; it is also the lock's hash, for sets of locks."""
    rt = current.runtime
    return rt.serial() if rt is not None and rt.caller() is not None else _outside_serial()


class ControlledLock:
    """`threading.Lock` under the scheduler's control.

    `holder` is the task that acquired it, True if it was acquired outside the execution, or None if it is free.
    """

    __slots__ = ("holder", "clock", "inner", "waiter", "serial", "__weakref__")

    def __init__(self) -> None:
        self.holder: Any = None
        self.clock: Clock = {}
        self.waiter = False  # made by Condition.wait for one wait
        self.inner = False  # set by the tracer: a lock that a Condition waits on, which no reader knows of
        self.serial = _serial()

    def free(self) -> bool:
        return self.holder is None

    def acquire(self, *args: Any, **kwargs: Any) -> bool:
        if args or kwargs:
            _real_lock().acquire(*args, **kwargs)  # raises what a bad argument deserves
            blocking, timeout = _arguments(*args, **kwargs)
        else:
            blocking, timeout = True, -1.0
        rt = current.runtime
        if rt is None or rt.caller() is None:
            if self.holder is None:
                self.holder = True
                return True
            if not blocking:
                return False
            raise _outside()
        task = rt.step()
        if blocking and timeout < 0:
            if not (rt.alone and self.holder is None):
                rt.point(Op(ACQUIRE, ((id(self), ALL, True),), self.free, what=self))
        elif blocking and timeout > 0:
            deadline = rt.deadline_after(timeout)
            rt.point(Op(ACQUIRE, ((id(self), ALL, True),), self.free, deadline, self))
        elif not rt.alone:
            rt.point(Op(TRY, ((id(self), ALL, True),), what=self))
        if self.holder is not None:
            task.refused.add(id(self))
            if rt.tracer:
                rt.tracer.record("timeout" if blocking else "acquire", self, "False", lock=True)
            return False
        self.holder = task
        task.held.append(self)
        task.took.add(id(self))
        join_clock(task.clock, self.clock)
        rt.version += 1
        task.quiet += 1
        if rt.tracer:
            rt.tracer.record("acquire", self, "" if timeout < 0 and blocking else "True", lock=True)
        return True

    def release(self) -> None:
        rt = current.runtime
        if rt is None or rt.caller() is None:
            if self.holder is None:
                raise RuntimeError("release unlocked lock")
            self.holder = None
            return
        task = rt.step()
        if not rt.alone:
            rt.point(Op(RELEASE, ((id(self), ALL, True),), what=self))
        holder = self.holder
        if holder is None:
            raise RuntimeError("release unlocked lock")
        self.holder = None
        if isinstance(holder, Task) and self in holder.held:
            holder.held.remove(self)
        join_clock(self.clock, task.clock)
        task.clock[task.index] += 1
        rt.version += 1
        task.quiet += 1
        if rt.tracer:
            rt.tracer.record("release", self, lock=True)

    def locked(self) -> bool:
        rt = current.runtime
        if rt is not None and rt.caller() is not None:
            rt.step().refused.add(id(self))
            if not rt.alone:
                rt.point(Op(LOOK, ((id(self), ALL, False),), what=self))
            if rt.tracer:
                rt.tracer.record("read", self, str(self.holder is not None), lock=True)
        return self.holder is not None

    def __hash__(self) -> int:
        return self.serial

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: Any) -> None:
        self.release()

    acquire_lock = acquire
    release_lock = release
    locked_lock = locked

    def _is_owned(self) -> bool:
        """What threading.Condition would find out by trying: whether anybody holds the lock."""
        _asked(self)
        return self.holder is not None

    def _at_fork_reinit(self) -> None:
        self.holder = None

    def __repr__(self) -> str:
        state = "locked" if self.holder is not None else "unlocked"
        return f"<{state} _thread.lock object at {id(self):#x}>"

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle '_thread.lock' object")


class ControlledRLock:
    """`threading.RLock` under the scheduler's control. Only the outermost acquire and release concern others."""

    __slots__ = ("holder", "count", "clock", "serial", "__weakref__")

    def __init__(self) -> None:
        self.holder: Any = None
        self.count = 0
        self.clock: Clock = {}
        self.serial = _serial()

    def free(self) -> bool:
        return self.holder is None

    def acquire(self, *args: Any, **kwargs: Any) -> bool:
        if args or kwargs:
            _real_rlock().acquire(*args, **kwargs)
            blocking, timeout = _arguments(*args, **kwargs)
        else:
            blocking, timeout = True, -1.0
        rt = current.runtime
        task = None if rt is None else rt.caller()
        if rt is None or task is None:
            me: Any = _real_get_ident()
            if self.holder is None or self.holder == me:
                self.holder = me
                self.count += 1
                return True
            if not blocking:
                return False
            raise _outside()
        rt.step()
        if self.holder is task:
            self.count += 1
            return True
        if blocking and timeout < 0:
            if not (rt.alone and self.holder is None):
                rt.point(Op(ACQUIRE, ((id(self), ALL, True),), self.free, what=self))
        elif blocking and timeout > 0:
            deadline = rt.deadline_after(timeout)
            rt.point(Op(ACQUIRE, ((id(self), ALL, True),), self.free, deadline, self))
        elif not rt.alone:
            rt.point(Op(TRY, ((id(self), ALL, True),), what=self))
        if self.holder is not None:
            task.refused.add(id(self))
            if rt.tracer:
                rt.tracer.record("timeout" if blocking else "acquire", self, "False", lock=True)
            return False
        self.take(task, 1)
        return True

    def take(self, task: Task, count: int) -> None:
        rt = current.runtime
        assert rt is not None
        self.holder = task
        self.count = count
        task.held.append(self)
        task.took.add(id(self))
        join_clock(task.clock, self.clock)
        rt.version += 1
        task.quiet += 1
        if rt.tracer:
            rt.tracer.record("acquire", self, lock=True)

    def release(self) -> None:
        rt = current.runtime
        task: Any = None if rt is None else rt.caller()
        me: Any = task if task is not None else _real_get_ident()
        if rt is not None and task is not None:
            rt.step()
        if self.holder is not me and self.holder != me:
            raise RuntimeError("cannot release un-acquired lock")
        if self.count > 1:
            self.count -= 1
            return
        if rt is None or task is None:
            self.count, self.holder = 0, None
            return
        self.give_up(task)

    def give_up(self, task: Task) -> int:
        rt = current.runtime
        assert rt is not None
        if not rt.alone:
            rt.point(Op(RELEASE, ((id(self), ALL, True),), what=self))
        count, self.count, self.holder = self.count, 0, None
        if self in task.held:
            task.held.remove(self)
        join_clock(self.clock, task.clock)
        task.clock[task.index] += 1
        rt.version += 1
        task.quiet += 1
        if rt.tracer:
            rt.tracer.record("release", self, lock=True)
        return count

    if hasattr(_real_rlock, "locked"):  # from 3.14 on
        locked = ControlledLock.locked

    def __hash__(self) -> int:
        return self.serial

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exc: Any) -> None:
        self.release()

    # what threading.Condition asks of a re-entrant lock

    def _is_owned(self) -> bool:
        rt = current.runtime
        me = None if rt is None else rt.caller()
        _asked(self)
        return self.holder is not None and (self.holder is me or self.holder == _real_get_ident())

    def _release_save(self) -> Any:
        if self.count == 0:
            raise RuntimeError("cannot release un-acquired lock")
        rt = current.runtime
        task = None if rt is None else rt.caller()
        if rt is None or task is None:
            count, self.count, self.holder = self.count, 0, None
            return count, None
        rt.step()
        return self.give_up(task), task

    def _acquire_restore(self, state: Any) -> None:
        rt = current.runtime
        task = None if rt is None else rt.caller()
        if rt is None or task is None:
            self.count, self.holder = state[0], _real_get_ident()
            return
        rt.step()
        rt.point(Op(ACQUIRE, ((id(self), ALL, True),), self.free, what=self))
        self.take(task, state[0])

    def _recursion_count(self) -> int:
        return self.count if self._is_owned() else 0

    def _at_fork_reinit(self) -> None:
        self.holder, self.count = None, 0

    def __repr__(self) -> str:
        state = "locked" if self.holder is not None else "unlocked"
        return f"<{state} _thread.RLock object owner=0 count={self.count} at {id(self):#x}>"

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle '_thread.RLock' object")


def _asked(lock: Any) -> None:
    """A Condition asks whether its lock is held, which it does at the beginning of wait() and of notify()."""
    rt = current.runtime
    if rt is not None and rt.tracer and rt.caller() is not None:
        rt.tracer.record("owned", lock, lock=True)


class ControlledSimpleQueue:
    """`queue.SimpleQueue` under the scheduler's control: put and get are one step each."""

    def __init__(self) -> None:
        self.items: deque[Any] = deque()
        self.clock: Clock = {}

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        rt = current.runtime
        if rt is not None and rt.caller() is not None:
            task = rt.step()
            if not rt.alone:
                rt.point(Op(PUT, ((id(self), ALL, True),), what=self))
            join_clock(self.clock, task.clock)
            task.clock[task.index] += 1
            rt.version += 1
            task.changed = True
            if rt.tracer:
                rt.tracer.record("put", self, lock=True)
        self.items.append(item)

    def put_nowait(self, item: Any) -> None:
        self.put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if timeout is not None and block:
            probe: Any = _real_simple_queue()
            probe.put(None)
            probe.get(True, timeout)  # raises what a bad timeout deserves
        rt = current.runtime
        if rt is not None and rt.caller() is not None:
            task = rt.step()
            access = ((id(self), ALL, True),)
            if not block or (timeout is not None and float(timeout) == 0):
                if not rt.alone:
                    rt.point(Op(TRY, access, what=self))
            else:
                deadline = None if timeout is None else rt.deadline_after(float(timeout))
                rt.point(Op(GET, access, lambda: bool(self.items), deadline, self))
            if self.items:
                join_clock(task.clock, self.clock)
                rt.version += 1
                task.changed = True
                if rt.tracer:
                    rt.tracer.record("get", self, lock=True)
        if not self.items:
            raise _queue.Empty
        return self.items.popleft()

    def get_nowait(self) -> Any:
        return self.get(block=False)

    def empty(self) -> bool:
        return self.qsize() == 0

    def qsize(self) -> int:
        rt = current.runtime
        if rt is not None and rt.caller() is not None:
            rt.step()
            if not rt.alone:
                rt.point(Op(LOOK, ((id(self), ALL, False),), what=self))
        return len(self.items)

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle '_queue.SimpleQueue' object")

    __class_getitem__ = classmethod(lambda cls, item: cls)


for _ours, _real in (
    (ControlledLock, type(_real_lock())),
    (ControlledRLock, _real_rlock),
    (ControlledSimpleQueue, _queue.SimpleQueue),
):
    _ours.__name__, _ours.__qualname__, _ours.__module__ = _real.__name__, _real.__qualname__, _real.__module__


# -- time -------------------------------------------------------------------------------------------------------

_real_sleep = time.sleep


def _number(value: Any) -> float:
    """A number of seconds; TypeError with this interpreter's message if it is none to it.

    Up to 3.14 it must be an int or a float; later any real number is one, such as a Fraction.
    """
    if isinstance(value, (int, float)):
        return value
    try:
        _real_lock().acquire(timeout=value)
    except (ValueError, OverflowError):  # too small or too large: the caller has words of its own for that
        pass
    return operator.index(value) if hasattr(type(value), "__index__") else float(value)


#: Seconds beyond which every `time.sleep` refuses: more nanoseconds than 63 bits hold.
_LONGEST = 9_223_372_037

#: What the wall clock shows when virtual time begins: 2025-01-01, in seconds since 1970.
WALL = 1_735_689_600.0


def sleep(*args: Any, **kwargs: Any) -> None:
    """`time.sleep` in virtual time."""
    rt = current.runtime
    if rt is None or rt.caller() is None or kwargs or len(args) != 1:
        _real_sleep(*args, **kwargs)  # sleeps, or raises what wrong arguments deserve
        return
    seconds = _number(args[0])
    if not 0 <= seconds <= _LONGEST:
        _real_sleep(args[0])  # raises what it deserves
        return
    rt.step().slept |= seconds > 0
    deadline = rt.deadline_after(float(seconds))
    if seconds == 0 and rt.alone:
        return
    if seconds == 0:
        rt.point(Op(SLEEP, (), None, None))
    else:
        rt.point(Op(SLEEP, (("time", ALL, False),) if rt.delays else (), _never, deadline))
    if rt.tracer:
        rt.tracer.record("sleep", f"{float(seconds):g} s")


def _never() -> bool:
    return False


def _clock(real: Any, base: float, nanoseconds: bool) -> Any:
    def read() -> Any:
        rt = current.runtime
        if rt is None or rt.caller() is None:
            return real()
        now = rt.read_clock() + base
        return round(now * 1e9) if nanoseconds else now

    read.__name__ = real.__name__
    read.__doc__ = real.__doc__
    return read


_WALL_BASE = WALL - 1024.0

#: The real functions of `time`, each with the one that takes its place.
CLOCKS: dict[Any, Any] = {
    getattr(time, name): _clock(getattr(time, name), base, name.endswith("_ns"))
    for name, base in (
        ("time", _WALL_BASE),
        ("monotonic", 0.0),
        ("perf_counter", 0.0),
        ("time_ns", _WALL_BASE),
        ("monotonic_ns", 0.0),
        ("perf_counter_ns", 0.0),
    )
}
