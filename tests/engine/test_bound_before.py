"""Locks and clocks that were bound long before the check are controlled, wherever they were put."""

from __future__ import annotations

import collections
import functools
import threading
import time
from dataclasses import dataclass, field

import pytest

from checker import explore, together


class FromItself:
    make = staticmethod(threading.Lock)

    def __init__(self):
        self.lock, self.value = self.make(), 0

    def increment(self):
        with self.lock:
            self.value += 1


class FromAPartial(FromItself):
    make = staticmethod(functools.partial(threading.Lock))


@dataclass
class FromAField:
    lock: object = field(default_factory=threading.Lock)
    value: int = 0
    increment = FromItself.increment


class FromADefault(FromItself):
    def __init__(self, make=threading.Lock):
        self.lock, self.value = make(), 0


class FromADefaultDict(FromItself):
    locks = collections.defaultdict(threading.Lock)

    def __init__(self):
        self.lock, self.value = self.locks["mine"], 0


class FromATable(FromItself):
    kinds = {"plain": threading.Lock, "re-entrant": threading.RLock}

    def __init__(self):
        self.lock, self.value = self.kinds["re-entrant"](), 0


class FromATuple(FromItself):
    locks = (threading.Lock(), [threading.RLock()])

    def __init__(self):
        self.lock, self.value = self.locks[1][0], 0


class SleepsInside(FromItself):
    nap = staticmethod(time.sleep)

    def increment(self):
        with self.lock:
            seen = self.value
            self.nap(3600)
            self.value = seen + 1


EVERY = [FromItself, FromAPartial, FromAField, FromADefault, FromADefaultDict, FromATable, FromATuple, SleepsInside]


@pytest.mark.parametrize("counter", EVERY, ids=lambda counter: counter.__name__)
def test_a_lock_bound_before_the_check_is_controlled(counter):
    def two_increments():
        counted = counter()
        together(counted.increment, counted.increment)
        return counted.value

    found = explore(two_increments)
    assert (list(found.outcomes), found.exhaustive) == ([2], True), found.failure and found.failure.error
    assert found.schedules > 1  # it was seen that the threads meet at the lock
