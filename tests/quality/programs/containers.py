"""Built-in containers: one call is atomic, two calls are not, and iterating is many."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from functools import lru_cache

from checker import together

from .label import fails, holds


@fails("finished", expect={"a": 2})
def dict_item():
    counts = {"a": 0}

    def count():
        counts["a"] += 1

    together(count, count)
    return counts


@fails("finished", expect={"a": 2})
def dict_get_then_set():
    counts = {}

    def count():
        counts["a"] = counts.get("a", 0) + 1

    together(count, count)
    return counts


@holds({"a": 1, "b": 1})
def dict_items_of_their_own():
    counts = {}

    def count(key):
        counts[key] = counts.get(key, 0) + 1

    together(lambda: count("a"), lambda: count("b"))
    return counts


@holds([1, 2])
def dict_setdefault():
    groups = {}
    together(lambda: groups.setdefault("a", []).append(1), lambda: groups.setdefault("a", []).append(2))
    return sorted(groups["a"])


@fails("finished", expect=[1, 2])
def dict_missing_then_new_list():
    groups = {}

    def add(item):
        if "a" not in groups:
            groups["a"] = []
        groups["a"].append(item)

    together(lambda: add(1), lambda: add(2))
    return sorted(groups["a"])


@holds([1, 2])
def defaultdict_of_lists():
    groups = defaultdict(list)
    together(lambda: groups["a"].append(1), lambda: groups["a"].append(2))
    return sorted(groups["a"])


class Groups(dict):
    """A dict whose missing lists are made by Python code, which another thread may overtake."""

    def __missing__(self, key):
        made = []
        self[key] = made
        return made


@fails("finished", expect=[1, 2])
def dict_with_missing_in_python():
    groups = Groups()
    together(lambda: groups["a"].append(1), lambda: groups["a"].append(2))
    return sorted(groups["a"])


@holds(1)
def dict_pop_is_one_step():
    jobs = {"job": 1}
    got = together(lambda: jobs.pop("job", 0), lambda: jobs.pop("job", 0))
    return sum(got)


@fails("raised", expect=1)
def dict_membership_then_pop():
    jobs = {"job": 1}

    def take():
        return jobs.pop("job") if "job" in jobs else 0

    return sum(together(take, take))


@fails("finished", expect=[2])
def list_item():
    cells = [0]

    def increment():
        cells[0] += 1

    together(increment, increment)
    return cells


@holds([1, 2])
def list_append():
    items = []
    together(lambda: items.append(1), lambda: items.append(2))
    return sorted(items)


class Bag:
    def __init__(self) -> None:
        self.items: list[int] = []

    def extend(self, item: int) -> None:
        self.items += [item]  # extends the one list in place and stores it again

    def replace(self, item: int) -> None:
        self.items = self.items + [item]


@holds([1, 2])
def list_extended_in_place():
    bag = Bag()
    together(lambda: bag.extend(1), lambda: bag.extend(2))
    return sorted(bag.items)


@fails("finished", expect=[1, 2])
def list_replaced_by_a_longer_one():
    bag = Bag()
    together(lambda: bag.replace(1), lambda: bag.replace(2))
    return sorted(bag.items)


@fails("finished", expect=[True, False])
def set_membership_then_add():
    seen = set()

    def first(item):
        if item in seen:
            return False
        seen.add(item)
        return True

    return sorted(together(lambda: first("x"), lambda: first("x")), reverse=True)


@holds([True, False])
def set_membership_then_add_locked():
    seen = set()
    lock = threading.Lock()

    def first(item):
        with lock:
            if item in seen:
                return False
            seen.add(item)
            return True

    return sorted(together(lambda: first("x"), lambda: first("x")), reverse=True)


@fails("raised", expect=["job", None])
def deque_looked_at_then_popped():
    jobs = deque(["job"])

    def take():
        return jobs.popleft() if jobs else None

    return sorted(together(take, take), key=str, reverse=True)


@holds(["job", "none"])
def deque_popped_with_the_error_caught():
    jobs = deque(["job"])

    def take():
        try:
            return jobs.popleft()
        except IndexError:
            return "none"

    return sorted(together(take, take))


@fails("finished", expect=7)
def bytearray_item():
    flags = bytearray(1)

    def set_bits(bits):
        flags[0] |= bits

    together(lambda: set_bits(3), lambda: set_bits(4))
    return flags[0]


@fails("raised", expect=lambda total: total in (3, 6))
def dict_changed_while_iterated():
    prices = {"tea": 1, "milk": 2}

    def total():
        result = 0
        for name in prices:
            result += prices[name]
        return result

    def add():
        prices["cake"] = 3

    return together(total, add)[0]


@holds(lambda total: total in (3, 6))
def dict_copied_then_iterated():
    prices = {"tea": 1, "milk": 2}

    def total():
        result = 0
        for price in list(prices.values()):
            result += price
        return result

    def add():
        prices["cake"] = 3

    return together(total, add)[0]


@holds(lambda total: total in (3, 6))
def dict_iterated_under_the_lock():
    prices = {"tea": 1, "milk": 2}
    lock = threading.Lock()

    def total():
        with lock:
            return sum(price for price in prices.values())

    def add():
        with lock:
            prices["cake"] = 3

    return together(total, add)[0]


@fails("raised", expect=lambda total: total in (3, 6))
def dict_view_passed_to_a_generator():
    prices = {"tea": 1, "milk": 2}

    def add():
        prices["cake"] = 3

    return together(lambda: sum(price for price in prices.values()), add)[0]


@fails("finished", expect=["a", "b"])
def list_shortened_while_iterated():
    names = ["x", "a", "b"]

    def walk():
        return [name for name in names if name != "x"]

    return together(walk, lambda: names.remove("x"))[0]


def numbers():
    number = 0
    while True:
        yield number
        number += 1


@fails("raised", expect=[0, 1])
def generator_shared():
    source = numbers()
    return sorted(together(lambda: next(source), lambda: next(source)))


@holds([0, 1])
def generator_shared_behind_a_lock():
    source = numbers()
    lock = threading.Lock()

    def take():
        with lock:
            return next(source)

    return sorted(together(take, take))


@holds([[0, 1], [0, 1]])
def generator_for_each_thread():
    def take_two():
        source = numbers()
        return [next(source), next(source)]

    return together(take_two, take_two)


class Squares:
    """An iterator written in Python: its state is an ordinary shared attribute."""

    def __init__(self) -> None:
        self.number = 0

    def __iter__(self):
        return self

    def __next__(self) -> int:
        self.number += 1
        return self.number**2


@fails("finished", expect=[1, 4])
def iterator_shared():
    squares = Squares()
    return sorted(together(lambda: next(squares), lambda: next(squares)))


@fails("finished", expect=1)
def lru_cache_computes_once():
    calls = []

    @lru_cache
    def load(key):
        calls.append(key)
        return len(key)

    together(lambda: load("key"), lambda: load("key"))
    return len(calls)


@fails("finished", expect="ab")
def string_built_in_place():
    parts = {"text": ""}

    def add(letter):
        parts["text"] += letter

    together(lambda: add("a"), lambda: add("b"))
    return "".join(sorted(parts["text"]))


@holds([3, 3])
def frozen_values_shared():
    sizes = (1, 2)
    return together(lambda: sum(sizes), lambda: sizes[0] + sizes[1])
