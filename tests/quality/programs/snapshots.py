"""Invariants over more than one place: half-done changes, and acting on what was true a moment ago."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock, RLock

from checker import together

from .label import fails, holds


class Pair:
    """Two fields that must always be equal."""

    def __init__(self) -> None:
        self.a = self.b = 0
        self.lock = Lock()

    def write(self) -> None:
        self.a = 1
        self.b = 1

    def read(self) -> tuple[int, int]:
        return self.a, self.b


class LockedPair(Pair):
    def write(self) -> None:
        with self.lock:
            super().write()

    def read(self) -> tuple[int, int]:
        with self.lock:
            return super().read()


class WriterLockedPair(Pair):
    def write(self) -> None:
        with self.lock:
            super().write()


def equal(pair: tuple[int, int]) -> bool:
    return pair[0] == pair[1]


@fails("finished", expect=equal)
def torn_read():
    pair = Pair()
    return together(pair.write, pair.read)[1]


@holds(equal)
def whole_read():
    pair = LockedPair()
    return together(pair.write, pair.read)[1]


@fails("finished", expect=equal)
def reader_without_the_lock():
    pair = WriterLockedPair()
    return together(pair.write, pair.read)[1]


class Swapped:
    """Publishes both fields as one tuple: a single store."""

    def __init__(self) -> None:
        self.state = (0, 0)

    def write(self) -> None:
        self.state = (1, 1)

    def read(self) -> tuple[int, int]:
        a, b = self.state
        return a, b

    def read_twice(self) -> tuple[int, int]:
        return self.state[0], self.state[1]


@holds(equal)
def one_tuple_swapped():
    swapped = Swapped()
    return together(swapped.write, swapped.read)[1]


@fails("finished", expect=equal)
def one_tuple_read_twice():
    swapped = Swapped()
    return together(swapped.write, swapped.read_twice)[1]


@dataclass(frozen=True)
class Settings:
    low: int = 0
    high: int = 10


@holds(lambda seen: seen in ((0, 10), (5, 15)))
def frozen_dataclass_replaced():
    current = [Settings()]

    def move():
        current[0] = replace(current[0], low=5, high=15)

    def read():
        settings = current[0]
        return settings.low, settings.high

    return together(move, read)[1]


class Bank:
    def __init__(self) -> None:
        self.balances = {"a": 10, "b": 0}
        self.lock = Lock()

    def move(self) -> None:
        self.balances["a"] -= 5
        self.balances["b"] += 5

    def move_locked(self) -> None:
        with self.lock:
            self.move()

    def total(self) -> int:
        return self.balances["a"] + self.balances["b"]

    def total_locked(self) -> int:
        with self.lock:
            return self.total()

    def total_in_pieces(self) -> int:
        with self.lock:
            a = self.balances["a"]
        with self.lock:
            b = self.balances["b"]
        return a + b


@holds(10)
def total_of_one_moment():
    bank = Bank()
    return together(bank.move_locked, bank.total_locked)[1]


@fails("finished", expect=10)
def total_account_by_account():
    bank = Bank()
    return together(bank.move_locked, bank.total_in_pieces)[1]


class Purse:
    def __init__(self) -> None:
        self.money = 10
        self.lock = Lock()

    def pay(self) -> bool:
        if self.money >= 10:
            self.money -= 10
            return True
        return False

    def pay_locked(self) -> bool:
        with self.lock:
            return self.pay()

    def enough(self) -> bool:
        with self.lock:
            return self.money >= 10

    def pay_in_two_sections(self) -> bool:
        if not self.enough():
            return False
        with self.lock:
            self.money -= 10
        return True


@fails("finished", expect=([False, True], 0))
def check_then_act():
    purse = Purse()
    paid = together(purse.pay, purse.pay)
    return sorted(paid), purse.money


@holds(([False, True], 0))
def check_and_act_under_one_lock():
    purse = Purse()
    paid = together(purse.pay_locked, purse.pay_locked)
    return sorted(paid), purse.money


@fails("finished", expect=([False, True], 0))
def check_and_act_under_the_lock_one_by_one():
    purse = Purse()
    paid = together(purse.pay_in_two_sections, purse.pay_in_two_sections)
    return sorted(paid), purse.money


class Temperature:
    """Keeps the highest value seen; `max` of a shared value is a read-modify-write as well."""

    def __init__(self, lock=None) -> None:
        self.highest = 0
        self.lock = lock

    def report(self, value: int) -> None:
        self.highest = max(self.highest, value)

    def report_locked(self, value: int) -> None:
        with self.lock:
            self.report(value)


@fails("finished", expect=30)
def highest_value():
    temperature = Temperature()
    together(lambda: temperature.report(20), lambda: temperature.report(30))
    return temperature.highest


@holds(30)
def highest_value_locked():
    temperature = Temperature(RLock())
    together(lambda: temperature.report_locked(20), lambda: temperature.report_locked(30))
    return temperature.highest


class Stack:
    """Every method is safe by itself; using two of them together is not."""

    def __init__(self, items: list[str]) -> None:
        self.items = items
        self.lock = Lock()

    def __len__(self) -> int:
        with self.lock:
            return len(self.items)

    def pop(self) -> str:
        with self.lock:
            return self.items.pop()


@fails("raised", expect=["", "only"])
def safe_methods_used_together():
    stack = Stack(["only"])

    def take():
        return stack.pop() if len(stack) else ""

    return sorted(together(take, take))


@holds((1, 2))
def independent_fields():
    pair = Pair()

    def left():
        pair.a += 1

    def right():
        pair.b += 2

    together(left, right)
    return pair.a, pair.b
