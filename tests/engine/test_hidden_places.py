"""State in places that are easy to overlook: each pair is a program and whether it holds.

Most are one-line reads by C code beside a writer, so that running the writer first or last makes the difference.
"""

from __future__ import annotations

import array
import collections
import contextvars
import copy
import dataclasses
import enum
import functools
import heapq
import io
import itertools
import operator
import types
import weakref
from concurrent import futures
from threading import Barrier, Lock

import pytest

from checker import explore, together


class Base:
    ready = False


class Sub(Base):
    def open(self):
        type(self).ready = True

    def look(self):
        return self.ready


class Account:
    def __init__(self, balance):
        self.balance = balance


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Singleton:
    @classmethod
    def get(cls):
        if not hasattr(cls, "_one"):
            cls._one = cls()
        return cls._one


class Meta(type):
    _lock = Lock()
    _made: dict = {}  # noqa: RUF012

    def __call__(cls):
        with Meta._lock:
            if cls not in Meta._made:
                Meta._made[cls] = super().__call__()
        return Meta._made[cls]


class OnlyOne(metaclass=Meta):
    def __init__(self):
        with Lock():
            self.value = 0


class Racy(type):
    def add(cls, thing):
        thing.value = thing.value + 1


class Thing(metaclass=Racy):
    def __init__(self):
        self.value = 0


class Op(enum.StrEnum):
    ADD = "+"

    def apply(self, thing):
        thing.value = thing.value + 1


class Described:
    def __get__(self, obj, owner):
        return obj.values["x"]

    def __set__(self, obj, value):
        obj.values["x"] = value


class WithDescriptor:
    x = Described()

    def __init__(self):
        self.values = {"x": 0}
        self.lock = Lock()

    def add(self):
        with self.lock:
            self.x = self.x + 1


def add(thing):
    thing.value = thing.value + 1


def first(iterable):
    for each in iterable:
        return each


HIDDEN = {
    "repeat": itertools.repeat(add),
    "proxy": types.MappingProxyType({"add": add}),
    "context": contextvars.ContextVar("context", default=add),
    "slice": slice(add),
    "error": ValueError(add),
    "weak": weakref.ref(add),
    "property": property(add),
}
NUMBERS = array.array("i", [0])
STREAM = io.StringIO("start")
ORDERED = collections.OrderedDict(a=1)
TICKETS = iter([1, 2, 3, 4])
LOCK = Lock()
CALLS: list = []


@functools.lru_cache
def square(x):
    CALLS.append(x)
    return x * x


# each with the result of one of two orders, which must not be the only one


def class_attribute_of_a_base():
    return together(lambda: Sub.ready, lambda: setattr(Sub, "ready", True))[0]


def class_attribute_through_an_instance():
    sub = Sub()
    return together(sub.look, sub.open)[0]


def class_attribute_that_is_a_class():
    return together(lambda: Holder.state.__name__, Holder.change)[0]


class Holder:
    state = int

    @staticmethod
    def change():
        Holder.state = str


def lengths_of_nested_lists():
    shards = [[], []]
    return together(lambda: sum(map(len, shards)), lambda: shards[0].append(1))[0]


def any_of_nested_lists():
    shards = [[], []]
    return together(lambda: any(shards), lambda: shards[0].append(1))[0]


def chained_lists():
    shards = {"a": [], "b": []}
    return together(lambda: list(itertools.chain.from_iterable(shards.values())), lambda: shards["a"].append(1))[0]


def attributes_by_a_getter():
    accounts = [Account(5), Account(5)]

    def move():
        accounts[0].balance -= 5

    return together(lambda: sum(map(operator.attrgetter("balance"), accounts)), move)[0]


def attributes_by_the_library():
    point = Point(0, 0)
    return together(lambda: dataclasses.astuple(point), lambda: setattr(point, "x", 1))[0]


def attributes_by_copying():
    account = Account(5)
    return together(lambda: copy.copy(account).balance, lambda: setattr(account, "balance", 6))[0]


def attributes_by_a_pattern():
    point = Point(0, 0)

    def look():
        match point:
            case Point(x=x):
                return x

    return together(look, lambda: setattr(point, "x", 1))[0]


def in_place_with_a_constant():
    box = []

    def grow():
        grown = box
        grown += (1, 2)

    return together(lambda: len(box), grow)[0]


def the_ninth_argument():
    box = []
    return together(
        lambda: str.format("{} {} {} {} {} {} {} {} {}", 1, 2, 3, 4, 5, 6, 7, 8, box), lambda: box.append(1)
    )[0]


def a_mapping_proxy():
    data = {"a": 0}
    proxy = types.MappingProxyType(data)
    return together(lambda: proxy["a"], lambda: data.update(a=1))[0]


def loop_over_a_shared_iterator():
    tickets = iter([1, 2])
    return together(lambda: first(tickets), lambda: first(tickets))[0]


def loop_over_a_shared_count():
    tickets = itertools.count()
    return together(lambda: first(tickets), lambda: first(tickets))[0]


def list_of_a_shared_iterator():
    tickets = iter([1, 2])
    return together(lambda: list(tickets), lambda: list(tickets))[0]


def zip_with_a_shared_iterator():
    tickets = itertools.count()
    return together(lambda: first(zip("a", tickets)), lambda: first(zip("b", tickets)))[0]


def methods_called_by_map():
    out = []
    together(lambda: list(map(out.append, [1])), lambda: list(map(out.append, [2])))
    return out


def a_weak_dictionary():
    known, key = weakref.WeakKeyDictionary(), Account(0)
    return together(lambda: key in known, lambda: known.update({key: 1}))[0]


def a_factory_that_is_a_class():
    class Slow:
        def __init__(self):
            self.value = 0

    made = collections.defaultdict(Slow)
    one, other = together(lambda: made["k"], lambda: made["k"])
    return one is other


def a_singleton():
    one, other = together(Singleton.get, Singleton.get)
    return one is other


def a_method_of_the_metaclass():
    thing = Thing()
    together(lambda: Thing.add(thing), lambda: Thing.add(thing))
    return thing.value


def a_method_of_an_enumeration_of_strings():
    thing = Thing()
    together(lambda: Op.ADD.apply(thing), lambda: Op.ADD.apply(thing))
    return thing.value


def how_many_wait_at_a_barrier():
    barrier = Barrier(2)
    return together(lambda: barrier.n_waiting, barrier.wait, barrier.wait)[0]


TWO_RESULTS = [
    how_many_wait_at_a_barrier,
    class_attribute_of_a_base,
    class_attribute_through_an_instance,
    class_attribute_that_is_a_class,
    lengths_of_nested_lists,
    any_of_nested_lists,
    chained_lists,
    attributes_by_a_getter,
    attributes_by_the_library,
    attributes_by_copying,
    attributes_by_a_pattern,
    in_place_with_a_constant,
    the_ninth_argument,
    a_mapping_proxy,
    loop_over_a_shared_iterator,
    loop_over_a_shared_count,
    list_of_a_shared_iterator,
    zip_with_a_shared_iterator,
    methods_called_by_map,
    a_weak_dictionary,
    a_factory_that_is_a_class,
    a_singleton,
    a_method_of_the_metaclass,
    a_method_of_an_enumeration_of_strings,
]


@pytest.mark.parametrize("scenario", TWO_RESULTS, ids=lambda scenario: scenario.__name__)
def test_both_orders_are_tried(scenario):
    for _ in range(2):  # what the first exploration leaves behind must not matter
        assert len(explore(scenario).outcomes) > 1


@pytest.mark.parametrize("place", sorted(HIDDEN))
def test_functions_are_woven_wherever_they_are_kept(place):
    ways = {
        "repeat": lambda kept: next(kept),
        "proxy": lambda kept: kept["add"],
        "context": lambda kept: kept.get(),
        "slice": lambda kept: kept.stop,
        "error": lambda kept: kept.args[0],
        "weak": lambda kept: kept(),
        "property": lambda kept: kept.fget,
    }
    kept, way = HIDDEN[place], ways[place]

    def updates_are_lost():
        thing = Thing()
        together(lambda: way(kept)(thing), lambda: way(kept)(thing))
        return thing.value

    assert set(explore(updates_are_lost).outcomes) == {1, 2}


def locked(work):
    def scenario():
        def one():
            with LOCK:
                return work()

        return sorted(together(one, one))

    return scenario


def number():
    NUMBERS[0] += 1
    return NUMBERS[0]


def written():
    STREAM.write("x")
    return len(STREAM.getvalue())


def kept_small():
    ORDERED[len(ORDERED)] = 1
    ORDERED.popitem(last=False)
    return len(ORDERED)


def squares():
    square(3)
    return len(CALLS)


@pytest.mark.parametrize(
    "work, expected",
    [
        (number, [1, 2]),
        (written, [5, 5]),
        (kept_small, [0, 1]),
        (lambda: next(TICKETS), [1, 2]),
        (squares, [1, 1]),
        (lambda: OnlyOne().value, [0, 0]),
    ],
    ids=["array", "stream", "ordered", "iterator", "cache", "metaclass"],
)
def test_what_outlives_an_execution_is_put_back(work, expected):
    for _ in range(2):
        found = explore(locked(work))
        assert list(found.outcomes) == [expected]
        assert found.exhaustive or "lru_cache" in found.claim


def test_objects_are_as_they_were_after_an_exploration():
    explore(locked(kept_small))
    assert list(ORDERED) == ["a"] and len(ORDERED) == 1
    assert not hasattr(Singleton, "_one")


def test_a_descriptor_of_the_learners_own_writes_itself():
    def no_addition_is_lost():
        thing = WithDescriptor()
        together(thing.add, thing.add)
        return thing.x

    assert list(explore(no_addition_is_lost).outcomes) == [2]


def test_a_loop_in_which_c_code_changes_a_container_is_not_idle():
    def drained_before_the_threads_start():
        heap = [1] * 50
        while heap:
            heapq.heappop(heap)
        return together(lambda: 1, lambda: 2)

    assert list(explore(drained_before_the_threads_start).outcomes) == [[1, 2]]


def test_a_defaultdict_of_locks_makes_each_lock_in_one_step():
    def one_lock_for_both():
        locks, total = collections.defaultdict(Lock), [0]

        def work():
            with locks["k"]:
                total[0] += 1

        together(work, work)
        return total[0]

    found = explore(one_lock_for_both)
    assert list(found.outcomes) == [2] and found.exhaustive


def test_waiting_for_futures_repeats_itself():
    def all_are_done():
        with futures.ThreadPoolExecutor(2) as pool:
            done, _ = futures.wait([pool.submit(int), pool.submit(int)])
            return len(done)

    found = explore(all_are_done, schedules=60)
    assert list(found.outcomes) == [2] and "repeat itself" not in found.claim


def test_the_observation_is_what_it_was_when_the_scenario_returned():
    seen: list = []

    def fill():
        seen.append(1)
        together(lambda: None)
        return seen

    assert list(explore(fill).outcomes) == [[1]]


def test_an_error_before_a_deadlock_is_told():
    def one_never_arrives():
        barrier = Barrier(2)

        def dies():
            raise ValueError("oh at 0xABC\nand more")

        return together(dies, barrier.wait)

    found = explore(one_never_arrives)
    assert found.outcome == "deadlock" and "before that ValueError: oh (line" in found.failure.note
