"""Read-modify-write on every kind of place that a Python program can share."""

from __future__ import annotations

import threading
from itertools import count
from threading import Lock

from checker import together

from .label import fails, holds


class Unlocked:
    def __init__(self) -> None:
        self.value = 0

    def increment(self) -> None:
        self.value += 1


class Locked(Unlocked):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def increment(self) -> int:
        with self.lock:
            self.value += 1
            return self.value


@fails("finished", expect=2)
def attribute():
    counter = Unlocked()
    together(counter.increment, counter.increment)
    return counter.value


@holds(2)
def attribute_locked():
    counter = Locked()
    together(counter.increment, counter.increment)
    return counter.value


@holds(([1, 2, 3], 3))
def own_values_of_three_threads():
    counter = Locked()
    values = together(counter.increment, counter.increment, counter.increment)
    return sorted(values), counter.value


class WriteLocked(Locked):
    def increment(self) -> None:
        new = self.value + 1
        with self.lock:
            self.value = new


@fails("finished", expect=2)
def lock_around_the_write_only():
    counter = WriteLocked()
    together(counter.increment, counter.increment)
    return counter.value


class LockPerCall(Unlocked):
    def increment(self) -> None:
        with threading.Lock():
            self.value += 1


@fails("finished", expect=2)
def a_new_lock_in_every_call():
    counter = LockPerCall()
    together(counter.increment, counter.increment)
    return counter.value


class ReadAgain(Locked):
    def increment(self) -> int:
        with self.lock:
            self.value += 1
        return self.value


@fails("finished", expect=[1, 2])
def value_read_again_after_the_lock():
    counter = ReadAgain()
    return sorted(together(counter.increment, counter.increment))


class TwoLocks(Unlocked):
    def __init__(self) -> None:
        super().__init__()
        self.up_lock = Lock()
        self.down_lock = Lock()

    def up(self) -> None:
        with self.up_lock:
            self.value += 1

    def down(self) -> None:
        with self.down_lock:
            self.value -= 1


@fails("finished", expect=0)
def two_locks_for_one_value():
    counter = TwoLocks()
    together(counter.up, counter.down)
    return counter.value


hits = 0
hits_lock = Lock()


def hit() -> None:
    global hits
    hits += 1


def hit_locked() -> None:
    global hits
    with hits_lock:
        hits += 1


@fails("finished", expect=2)
def module_global():
    together(hit, hit)
    return hits


@holds(2)
def module_global_locked():
    together(hit_locked, hit_locked)
    return hits


def hit_by_name() -> None:
    globals()["hits"] += 1


@fails("finished", expect=2)
def module_global_and_its_dict():
    together(hit, hit_by_name)
    return hits


@fails("finished", expect=2)
def closure():
    total = 0

    def add():
        nonlocal total
        total += 1

    together(add, add)
    return total


@holds(2)
def closure_locked():
    total = 0
    lock = Lock()

    def add():
        nonlocal total
        with lock:
            total += 1

    together(add, add)
    return total


class Ticket:
    issued = 0
    lock = Lock()

    def __init__(self) -> None:
        Ticket.issued += 1
        self.number = Ticket.issued


@fails("finished", expect=[1, 2])
def class_attribute():
    numbers = together(lambda: Ticket().number, lambda: Ticket().number)
    return sorted(numbers)


class SafeTicket:
    issued = 0
    lock = Lock()

    @classmethod
    def take(cls) -> int:
        with cls.lock:
            cls.issued += 1
            return cls.issued


@holds([1, 2])
def class_attribute_locked():
    return sorted(together(SafeTicket.take, SafeTicket.take))


class Account:
    def __init__(self) -> None:
        self._balance = 0

    @property
    def balance(self) -> int:
        return self._balance

    @balance.setter
    def balance(self, amount: int) -> None:
        self._balance = amount


@fails("finished", expect=30)
def property_both_ways():
    account = Account()

    def deposit(amount):
        account.balance = account.balance + amount

    together(lambda: deposit(10), lambda: deposit(20))
    return account.balance


class Slotted:
    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def increment(self) -> None:
        self.value += 1


@fails("finished", expect=2)
def slot():
    counter = Slotted()
    together(counter.increment, counter.increment)
    return counter.value


@fails("finished", expect=2)
def setattr_of_getattr():
    counter = Unlocked()

    def increment():
        setattr(counter, "value", getattr(counter, "value") + 1)  # noqa: B009, B010

    together(increment, increment)
    return counter.value


@fails("finished", expect=2)
def attribute_and_instance_dict():
    counter = Unlocked()

    def increment_the_dict():
        counter.__dict__["value"] += 1

    together(counter.increment, increment_the_dict)
    return counter.value


class Guarded:
    """Sets its attribute through a `__setattr__` of its own."""

    def __init__(self) -> None:
        self.value = 0

    def __setattr__(self, name: str, value: int) -> None:
        object.__setattr__(self, name, value)


@fails("finished", expect=2)
def setattr_method():
    guarded = Guarded()

    def increment():
        guarded.value += 1

    together(increment, increment)
    return guarded.value


@holds([0, 1])
def itertools_count():
    numbers = count()
    return sorted(together(lambda: next(numbers), lambda: next(numbers)))


@holds(3)
def one_thread_after_the_other():
    counter = Unlocked()
    for _ in range(3):
        thread = threading.Thread(target=counter.increment)
        thread.start()
        thread.join()
    return counter.value


@holds([1, 1])
def a_counter_for_each_thread():
    counters = [Unlocked(), Unlocked()]
    together(counters[0].increment, counters[1].increment)
    return [counter.value for counter in counters]


class Money:
    """An immutable value; `+=` on the place that holds it is still a read and a write."""

    def __init__(self, cents: int) -> None:
        self.cents = cents

    def __add__(self, other: Money) -> Money:
        return Money(self.cents + other.cents)


@fails("finished", expect=300)
def operator_written_in_python():
    purse = {"money": Money(0)}

    def earn(cents):
        purse["money"] += Money(cents)

    together(lambda: earn(100), lambda: earn(200))
    return purse["money"].cents
