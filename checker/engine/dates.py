"""What the calendar shows follows virtual time: `datetime.now`, `date.today`, `time.localtime` and their relatives."""

from __future__ import annotations

import functools
import sys
import time
from typing import Any

from .primitives import CLOCKS

# bound here: during an exploration the modules' own names are the ones made below
_wall = CLOCKS[time.time]
_local = time.localtime


def replacements() -> dict[Any, Any]:
    """Real function or class -> the one that takes its place; `datetime` counts only where it is loaded."""
    return {**_FUNCTIONS, **(_classes() if "datetime" in sys.modules else {})}


def _at_present(real: Any, position: int, broken_down: bool) -> Any:
    """`localtime` and the like ask what time it is if their argument at `position` is missing."""

    def ask(*args: Any) -> Any:
        if len(args) == position or (not broken_down and args == (None,)):
            now = _wall()
            args = (*args[:position], _local(now) if broken_down else now)
        return real(*args)

    ask.__name__ = real.__name__
    return ask


def _reading(real: Any, suffix: str) -> Any:
    """`clock_gettime`, of the clocks that tell the time; those that tell what the process used stay real."""
    virtual = {
        getattr(time, name): CLOCKS[getattr(time, clock + suffix)]
        for name, clock in (("CLOCK_REALTIME", "time"), ("CLOCK_MONOTONIC", "monotonic"))
    }

    def read(clock: int) -> Any:
        return virtual[clock]() if clock in virtual else real(clock)

    read.__name__ = real.__name__
    return read


_FUNCTIONS: dict[Any, Any] = {
    time.localtime: _at_present(time.localtime, 0, False),
    time.gmtime: _at_present(time.gmtime, 0, False),
    time.ctime: _at_present(time.ctime, 0, False),
    time.asctime: _at_present(time.asctime, 0, True),
    time.strftime: _at_present(time.strftime, 1, True),
}
if hasattr(time, "clock_gettime"):
    _FUNCTIONS[time.clock_gettime] = _reading(time.clock_gettime, "")
    _FUNCTIONS[time.clock_gettime_ns] = _reading(time.clock_gettime_ns, "_ns")


class _StandIn(type):
    """A class with this metaclass stands in for its only base: what it makes and recognizes are the base's objects."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.__mro__[1](*args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__mro__[1])

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, cls.__mro__[1])


@functools.cache
def _classes() -> dict[Any, Any]:
    """`datetime.date` and `datetime.datetime` cannot be changed themselves: they are written in C."""
    import datetime

    real, utc = datetime.datetime, datetime.UTC

    class Date(datetime.date, metaclass=_StandIn):
        @classmethod
        def today(cls) -> Any:
            return real.fromtimestamp(_wall()).date()

    class Datetime(datetime.datetime, metaclass=_StandIn):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return real.fromtimestamp(_wall(), tz)

        @classmethod
        def today(cls) -> Any:
            return real.fromtimestamp(_wall())

        @classmethod
        def utcnow(cls) -> Any:
            return real.fromtimestamp(_wall(), utc).replace(tzinfo=None)

    table: dict[Any, Any] = {datetime.date: Date, datetime.datetime: Datetime}
    for kind, stand_in in table.items():
        for name in ("__name__", "__qualname__", "__module__"):
            setattr(stand_in, name, getattr(kind, name))
    return table
