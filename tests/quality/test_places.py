"""Every way to reach a place that threads share is seen: the outcomes are exactly those that are possible.

Each scenario is labelled with all its outcomes. A way that the engine does not see would make it claim
"all schedules" with an outcome missing.
"""

from __future__ import annotations

import abc
import array
import collections
import contextlib
import copy
import dataclasses
import enum
import functools
import heapq
import itertools
import json
import operator
import queue
import sys
import threading
import types
import typing
from collections.abc import Callable
from typing import Any

import pytest

from checker import explore, together

CASES: list[Any] = []


def gives(*outcomes: Any) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def label(scenario: Callable[[], Any]) -> Callable[[], Any]:
        CASES.append(pytest.param(scenario, outcomes, id=scenario.__name__))
        return scenario

    return label


def twice(increment: Callable[[], Any], value: Callable[[], Any]) -> Any:
    """What two increments in two threads lead to."""
    together(increment, increment)
    return value()


# -- attributes -----------------------------------------------------------------------------------------------------


@gives(1, 2)
def field_of_a_dataclass():
    @dataclasses.dataclass
    class Counter:
        number: int = 0

        def increment(self):
            self.number += 1

    counter = Counter()
    return twice(counter.increment, lambda: counter.number)


@gives(1, 2)
def attribute_of_a_namespace():
    space = types.SimpleNamespace(number=0)

    def increment():
        space.number += 1

    return twice(increment, lambda: space.number)


@gives(1, 2)
def attribute_of_a_module():
    module = types.ModuleType("settings")
    module.number = 0

    def increment():
        module.number += 1

    return twice(increment, lambda: module.number)


@gives(1, 2)
def attribute_of_a_function():
    def increment():
        increment.number += 1

    increment.number = 0
    return twice(increment, lambda: increment.number)


@gives(1, 2)
def attribute_of_a_thread():
    me = threading.current_thread()
    me.number = 0

    def increment():
        me.number += 1

    return twice(increment, lambda: me.number)


@gives(1, 2)
def attribute_of_an_event():
    event = threading.Event()
    event.number = 0

    def increment():
        event.number += 1

    return twice(increment, lambda: event.number)


@gives(1, 2)
def attribute_of_an_exception():
    error = Exception()
    error.number = 0

    def increment():
        error.number += 1

    return twice(increment, lambda: error.number)


@gives(1, 2)
def attribute_of_a_class_made_by_type():
    made = type("Made", (), {"number": 0})

    def increment():
        made.number += 1

    return twice(increment, lambda: made.number)


@gives(1, 2)
def property_of_a_metaclass():
    class Meta(type):
        @property
        def number(cls):
            return cls.stored

        @number.setter
        def number(cls, value):
            cls.stored = value

    class Counter(metaclass=Meta):
        stored = 0

    def increment():
        Counter.number += 1

    return twice(increment, lambda: Counter.number)


@gives(1, 2)
def descriptor():
    class Stored:
        def __get__(self, holder, kind=None):
            return holder.stored

        def __set__(self, holder, value):
            holder.stored = value

    class Counter:
        number = Stored()
        stored = 0

    counter = Counter()

    def increment():
        counter.number += 1

    return twice(increment, lambda: counter.number)


@gives(1, 2)
def attribute_by_getattr_method():
    class Counter:
        def __init__(self):
            object.__setattr__(self, "values", {"number": 0})

        def __getattr__(self, name):
            return self.values[name]

        def __setattr__(self, name, value):
            self.values[name] = value

    counter = Counter()

    def increment():
        counter.number += 1

    return twice(increment, lambda: counter.number)


@gives(1, 2)
def attribute_by_getattribute_method():
    class Counter:
        number = 0

        def __getattribute__(self, name):
            return object.__getattribute__(self, name)

    counter = Counter()

    def increment():
        counter.number += 1

    return twice(increment, lambda: counter.number)


@gives(1, 2)
def attribute_through_a_wrapper():
    class Counter:
        number = 0

        def increment(self):
            self.number += 1

    class Wrapper:
        def __init__(self, wrapped):
            self.wrapped = wrapped

        def __getattr__(self, name):
            return getattr(self.wrapped, name)

    counter = Wrapper(Counter())
    return twice(counter.increment, lambda: counter.number)


@gives(1, 2)
def attribute_by_vars_and_plainly():
    counter = types.SimpleNamespace(number=0)

    def by_vars():
        vars(counter)["number"] += 1

    def plainly():
        counter.number += 1

    together(by_vars, plainly)
    return counter.number


@gives(1, 2)
def attribute_by_attrgetter():
    counter = types.SimpleNamespace(number=0)
    number_of = operator.attrgetter("number")

    def increment():
        seen = number_of(counter)
        counter.number = seen + 1

    return twice(increment, lambda: counter.number)


@gives(1, 2)
def attribute_set_at_most_once():
    class Holder:
        made = 0

    holder = Holder()

    def prepare():
        if not hasattr(holder, "connection"):
            holder.connection = object()
            Holder.made += 1

    return twice(prepare, lambda: Holder.made)


@gives("there", "gone")
def attribute_deleted():
    holder = types.SimpleNamespace(value="there")

    def look():
        try:
            return holder.value
        except AttributeError:
            return "gone"

    def forget():
        del holder.value

    return together(look, forget)[0]


@gives(1, 2)
def method_of_a_parent():
    class Parent:
        number = 0

        def increment(self):
            self.number += 1

    class Child(Parent):
        def increment(self):
            super().increment()

    child = Child()
    return twice(child.increment, lambda: child.number)


@gives(1, 2)
def generic_and_abstract_classes():
    kind = typing.TypeVar("kind")

    class Base(abc.ABC):
        @abc.abstractmethod
        def increment(self): ...

    class Box(Base, typing.Generic[kind]):
        def __init__(self):
            self.number = 0

        def increment(self):
            self.number += 1

    box = Box()
    return twice(box.increment, lambda: box.number)


@gives(*([1, 2] if sys.version_info >= (3, 12) else [1]))  # it had a lock of its own up to 3.11
def cached_property_computed():
    class Report:
        computed = 0

        @functools.cached_property
        def text(self):
            Report.computed += 1
            return "text"

    report = Report()
    together(lambda: report.text, lambda: report.text)
    return Report.computed


@gives(1, 2)
def frozen_value_replaced():
    @dataclasses.dataclass(frozen=True)
    class State:
        number: int = 0

    holder = types.SimpleNamespace(state=State())

    def increment():
        holder.state = dataclasses.replace(holder.state, number=holder.state.number + 1)

    return twice(increment, lambda: holder.state.number)


# -- items ----------------------------------------------------------------------------------------------------------


@gives(1, 2)
def item_of_a_counter():
    counts = collections.Counter()

    def increment():
        counts["a"] += 1

    return twice(increment, lambda: counts["a"])


@gives(1, 2)
def item_of_a_user_dict():
    counts = collections.UserDict(a=0)

    def increment():
        counts["a"] += 1

    return twice(increment, lambda: counts["a"])


@gives(1, 2)
def item_of_an_array():
    numbers = array.array("i", [0])

    def increment():
        numbers[0] += 1

    return twice(increment, lambda: numbers[0])


@gives(1, 2)
def item_with_an_enum_as_key():
    class Colour(enum.Enum):
        RED = 1

    counts = {Colour.RED: 0}

    def increment():
        counts[Colour.RED] += 1

    return twice(increment, lambda: counts[Colour.RED])


@gives(1, 2)
def item_of_a_subclass_with_its_own_setitem():
    class Counts(dict):
        def __setitem__(self, key, value):
            super().__setitem__(key, value)

    counts = Counts(a=0)

    def increment():
        counts["a"] += 1

    return twice(increment, lambda: counts["a"])


@gives(1, 2)
def item_by_methods_bound_before():
    counts = {"a": 0}
    get, put = counts.get, counts.__setitem__
    return twice(lambda: put("a", get("a") + 1), lambda: counts["a"])


@gives(1, 2)
def item_by_itemgetter():
    counts = {"a": 0}
    a_of = operator.itemgetter("a")

    def increment():
        seen = a_of(counts)
        counts["a"] = seen + 1

    return twice(increment, lambda: counts["a"])


@gives(1, 2)
def item_inside_a_queue():
    numbers = queue.Queue()
    numbers.put(0)

    def increment():
        numbers.queue[0] += 1

    return twice(increment, lambda: numbers.queue[0])


@gives(1, 2)
def dict_merged_into_a_new_one():
    holder = {"items": {}}

    def add(key):
        holder["items"] = {**holder["items"], key: 1}

    together(lambda: add("a"), lambda: add("b"))
    return len(holder["items"])


@gives((1, 2), (8, 9))
def slice_assigned_at_once():
    pair = [1, 2]

    def write():
        pair[:] = [8, 9]

    return tuple(together(write, lambda: pair[:])[1])


@gives("one", "two")
def dict_matched():
    state = {"number": 1}

    def look():
        match state:
            case {"number": 1}:
                return "one"
            case _:
                return "two"

    return together(look, lambda: state.update(number=2))[0]


# -- reading whole containers ---------------------------------------------------------------------------------------


def appended_meanwhile(read: Callable[[list[Any]], Any]) -> Any:
    """What `read` makes of a list to which another thread appends two items."""
    items: list[Any] = []

    def append():
        items.append("a")
        items.append("b")

    return together(append, lambda: read(items))[1]


WHOLE = {
    "len": len,
    "list": lambda items: len(list(items)),
    "set": lambda items: len(set(items)),
    "star": lambda items: len([*items]),
    "arguments": lambda items: (lambda *given: len(given))(*items),
    "copy": lambda items: len(items.copy()),
    "copy_module": lambda items: len(copy.copy(items)),
    "deepcopy": lambda items: len(copy.deepcopy(items)),
    "join": lambda items: len("".join(items)),
    "repr": lambda items: {"[]": 0, "['a']": 1, "['a', 'b']": 2}[repr(items)],
    "f_string": lambda items: {"[]": 0, "['a']": 1, "['a', 'b']": 2}[f"{items}"],
    "percent": lambda items: {"[]": 0, "['a']": 1, "['a', 'b']": 2}["%s" % (items,)],  # noqa: UP031
    "json": lambda items: {"[]": 0, '["a"]': 1, '["a", "b"]': 2}[json.dumps(items)],
    "sorted": lambda items: len(sorted(items)),
    "map": lambda items: sum(map(len, items)),
    "generator": lambda items: sum(1 for _ in items),
    "reduce": lambda items: functools.reduce(lambda total, _: total + 1, items, 0),
    "slice": lambda items: len(items[:]),
    "extend": lambda items: len([] + items),
    "chain": lambda items: len(list(itertools.chain(items))),
    "nested": lambda items: {"{'k': []}": 0, "{'k': ['a']}": 1, "{'k': ['a', 'b']}": 2}[str({"k": items})],
}


@pytest.mark.parametrize("way", WHOLE)
def test_a_list_read_as_a_whole(way):
    exploration = explore(lambda: appended_meanwhile(WHOLE[way]))
    assert {row.observation for row in exploration.outcomes.rows} == {0, 1, 2}, exploration.claim


@gives(True, False)
def containers_compared_deeply():
    groups = {"a": []}
    return together(lambda: groups["a"].append(1), lambda: groups == {"a": []})[1]


@gives(True, False)
def truth_of_a_list():
    items = []
    return together(lambda: items.append(1), lambda: bool(not items))[1]


@gives(True, False)
def truth_of_an_object_with_a_length():
    class Items:
        def __init__(self):
            self.items = []

        def __len__(self):
            return len(self.items)

        def add(self):
            self.items.append(1)

    items = Items()
    return together(items.add, lambda: bool(items))[1]


@gives(0, 1, 2)
def view_made_before():
    counts = {}
    values = counts.values()

    def fill():
        counts["a"] = 1
        counts["b"] = 1

    return together(fill, lambda: sum(values))[1]


@gives((1, 2))
def heap():
    numbers = []
    together(lambda: heapq.heappush(numbers, 2), lambda: heapq.heappush(numbers, 1))
    return heapq.heappop(numbers), heapq.heappop(numbers)


# -- code that other code calls -------------------------------------------------------------------------------------


class Called:
    """Counts, unlocked, how often one of its special methods is called."""

    def __init__(self):
        self.count = 0

    def special(self, *_):
        self.count += 1
        return True

    __bool__ = __enter__ = __call__ = special

    def __exit__(self, *_):
        pass

    def __hash__(self):
        return int(self.special())

    def __lt__(self, other):
        return self.special()

    def __eq__(self, other):
        return self.special()

    def __format__(self, spec):
        return str(self.special())

    def __contains__(self, item):
        return self.special()

    def __iadd__(self, number):
        self.special()
        return self


def entered(called):
    with called:
        pass


WAYS = {
    "bool": lambda called: 1 if called else 0,
    "with": entered,
    "call": lambda called: called(),
    "hash": lambda called: {}.get(called),
    "compare": lambda called: called < 1,
    "max": lambda called: max(called, called),
    "equal": lambda called: called in [0],
    "format": lambda called: f"{called}",
    "contains": lambda called: 5 in called,
    "in_place": lambda called: operator.iadd(called, 1),
    "partial": lambda called: functools.partial(called, 1)(),
    "map": lambda called: list(map(called, [1])),
    "key": lambda called: sorted([1], key=called),
    "filter": lambda called: list(filter(called, [1])),
    "starmap": lambda called: list(itertools.starmap(called, [(1,)])),
}


@pytest.mark.parametrize("way", WAYS)
def test_code_called_from_c(way):
    def scenario():
        called = Called()
        together(lambda: WAYS[way](called), lambda: WAYS[way](called))
        return called.count

    exploration = explore(scenario)
    assert {row.observation for row in exploration.outcomes.rows} == {1, 2}, exploration.claim


@gives(2)
def context_manager_out_of_a_generator():
    lock = threading.Lock()
    numbers = [0]

    @contextlib.contextmanager
    def held():
        with lock:
            yield

    def increment():
        with held():
            numbers[0] += 1

    return twice(increment, lambda: numbers[0])


@gives(2)
def decorator_with_one_lock():
    lock = threading.Lock()
    numbers = [0]

    def synchronised(function):
        @functools.wraps(function)
        def wrapper(*args, **options):
            with lock:
                return function(*args, **options)

        return wrapper

    @synchronised
    def increment():
        numbers[0] += 1

    return twice(increment, lambda: numbers[0])


@gives(1, 2)
def decorator_with_a_lock_per_call():
    numbers = [0]

    def synchronised(function):
        def wrapper():
            with threading.Lock():
                return function()

        return wrapper

    @synchronised
    def increment():
        numbers[0] += 1

    return twice(increment, lambda: numbers[0])


@gives(1, 2)
def timers_at_the_same_moment():
    numbers = [0]

    def increment():
        numbers[0] += 1

    timers = [threading.Timer(1, increment) for _ in range(2)]
    for timer in timers:
        timer.start()
    for timer in timers:
        timer.join()
    return numbers[0]


@pytest.mark.parametrize("scenario, outcomes", CASES)
def test_outcomes_are_those_that_are_possible(scenario, outcomes):
    exploration = explore(scenario)
    seen = {row.observation if row.outcome == "finished" else row.label for row in exploration.outcomes.rows}
    assert seen == set(outcomes), exploration.claim
