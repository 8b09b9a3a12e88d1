"""All outcomes of programs whose shared state lies where C code, or code that the library writes, keeps it."""

from __future__ import annotations

import ctypes
import dataclasses
import functools
import io
import random
import struct
import weakref
from threading import Lock
from types import SimpleNamespace

import pytest

from checker import explore, together


class Shared:
    count = 0


class Slotted:
    __slots__ = ("count",)

    def __init__(self):
        self.count = 0


def a_dataclass_of_the_scenarios_own_is_compared():
    @dataclasses.dataclass
    class Point:
        x: int = 0
        y: int = 0

    point = Point()

    def move():
        point.x = 1
        point.y = 1

    return together(move, lambda: point == Point(1, 0))[1]


def a_dataclass_of_the_scenarios_own_is_shown():
    @dataclasses.dataclass
    class Point:
        x: int = 0

    point = Point()
    return together(lambda: setattr(point, "x", 1), lambda: f"{point}".endswith("x=1)"))[1]


def a_dataclass_of_the_scenarios_own_is_hashed():
    @dataclasses.dataclass(unsafe_hash=True)
    class Point:
        x: int = 0

    point = Point()
    return together(lambda: setattr(point, "x", 1), lambda: hash(point) == hash((1,)))[1]


def a_number_is_packed_into_bytes():
    data = bytearray(4)

    def increment():
        (number,) = struct.unpack_from("<I", data)
        struct.pack_into("<I", data, 0, number + 1)

    together(increment, increment)
    return data[0]


def a_compiled_format_packs_into_bytes():
    data, number = bytearray(4), struct.Struct("<I")

    def increment():
        number.pack_into(data, 0, number.unpack_from(data)[0] + 1)

    together(increment, increment)
    return data[0]


def a_stream_is_read_into_bytes():
    data = bytearray(b"a")
    return together(lambda: io.BytesIO(b"b").readinto(data), lambda: data[0] == data[0])[1]


def a_list_is_shuffled():
    items = list(range(10))
    return together(lambda: random.Random(0).shuffle(items), lambda: items[9] == items[9])[1]


def an_item_of_a_memory_view_is_counted_up():
    view = memoryview(bytearray(1))

    def increment():
        view[0] = view[0] + 1

    together(increment, increment)
    return view[0]


def two_views_of_the_same_memory():
    data = bytearray(2)

    def increment():
        memoryview(data)[1:][0] += 1

    together(increment, increment)
    return data[1]


def a_view_and_what_it_views():
    data = bytearray(1)
    return together(lambda: bytes(data)[0], lambda: memoryview(data).__setitem__(0, 1))[0] == 1


def a_view_is_written_out():
    data = bytearray(1)
    view = memoryview(data)
    return together(lambda: view.tobytes()[0] == 1, lambda: struct.pack_into("B", data, 0, 1))[0]


def an_item_of_an_array_of_ctypes():
    array = (ctypes.c_int * 1)()

    def increment():
        array[0] += 1

    together(increment, increment)
    return array[0]


def a_slot_is_set_by_its_descriptor():
    thing = Slotted()

    def increment():
        Slotted.count.__set__(thing, Slotted.count.__get__(thing) + 1)

    together(increment, increment)
    return thing.count


def a_class_is_asked_through_its_dictionary():
    def increment():
        Shared.count = vars(Shared)["count"] + 1

    together(increment, increment)
    return Shared.count


def a_name_is_looked_for_in_the_dictionary_of_a_class():
    def once():
        if "first" not in Shared.__dict__:
            Shared.first = True
            return 1
        return 0

    return sum(together(once, once))


def the_contents_of_a_cell():
    count = 0

    def look():
        return count

    cell = look.__closure__[0]

    def increment():
        nonlocal count
        count += 1

    return together(increment, lambda: cell.cell_contents == 1)[1]


BOTH = [
    (a_dataclass_of_the_scenarios_own_is_compared, {True, False}),
    (a_dataclass_of_the_scenarios_own_is_shown, {True, False}),
    (a_dataclass_of_the_scenarios_own_is_hashed, {True, False}),
    (a_number_is_packed_into_bytes, {1, 2}),
    (a_compiled_format_packs_into_bytes, {1, 2}),
    (a_stream_is_read_into_bytes, {True, False}),
    (a_list_is_shuffled, {True, False}),
    (an_item_of_a_memory_view_is_counted_up, {1, 2}),
    (two_views_of_the_same_memory, {1, 2}),
    (a_view_and_what_it_views, {True, False}),
    (a_view_is_written_out, {True, False}),
    (an_item_of_an_array_of_ctypes, {1, 2}),
    (a_slot_is_set_by_its_descriptor, {1, 2}),
    (a_class_is_asked_through_its_dictionary, {1, 2}),
    (a_name_is_looked_for_in_the_dictionary_of_a_class, {1, 2}),
    (the_contents_of_a_cell, {True, False}),
]


@pytest.mark.parametrize("scenario, outcomes", BOTH, ids=lambda part: getattr(part, "__name__", None))
def test_every_outcome_is_found_of(scenario, outcomes):
    found = explore(scenario)
    assert found.exhaustive, found.claim
    assert set(found.outcomes) == outcomes


def test_a_dataclass_of_the_scenarios_own_can_be_guarded():
    def no_deposit_is_lost():
        @dataclasses.dataclass
        class Account:
            balance: int = 0
            lock: object = dataclasses.field(default_factory=Lock, compare=False)

            def deposit(self):
                with self.lock:
                    self.balance += 1

        account = Account()
        together(account.deposit, account.deposit)
        return account == Account(2)

    found = explore(no_deposit_is_lost)
    assert list(found.outcomes) == [True] and found.exhaustive


def test_dataclasses_are_as_they_were_after_an_exploration():
    explore(a_dataclass_of_the_scenarios_own_is_compared)
    assert "exec" not in vars(dataclasses)


ARRAY = (ctypes.c_int * 1)()
LOCK = Lock()


def test_a_container_in_c_that_outlives_an_execution_is_put_back():
    def no_addition_is_lost():
        def increment():
            with LOCK:
                ARRAY[0] += 1

        together(increment, increment)
        return ARRAY[0]

    found = explore(no_addition_is_lost)
    assert list(found.outcomes) == [2] and found.exhaustive
    assert ARRAY[0] == 0


def a_cached_method_is_asked_twice():
    class Connections:
        @functools.cache  # noqa: B019
        def get(self):
            return SimpleNamespace()

    connections = Connections()
    first, second = together(connections.get, connections.get)
    return first is second


def a_weak_reference_is_asked_twice():
    box = [Shared()]
    known = weakref.ref(box[0])

    def use():
        return known().count if known() is not None else 0

    return together(use, box.clear)[0]


def a_method_is_replaced():
    class Door:
        def state(self):
            return "open"

    def shut():
        Door.state = lambda self: "shut"

    return together(shut, Door().state)[1]


def a_method_is_replaced_by_name():
    class Door:
        def state(self):
            return "open"

    return together(lambda: setattr(Door, "state", lambda self: "shut"), Door().state)[1]


CANNOT = [
    a_cached_method_is_asked_twice,
    a_weak_reference_is_asked_twice,
    a_method_is_replaced,
    a_method_is_replaced_by_name,
]


@pytest.mark.parametrize("scenario", CANNOT)
def test_what_cannot_be_followed_is_named_in_the_claim(scenario):
    found = explore(scenario)
    assert not found.exhaustive
    assert not found.holds or "not exhaustive since" in found.claim
