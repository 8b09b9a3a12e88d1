"""All outcomes of programs whose shared step is easy to take for none, or for one that cannot be interrupted."""

from __future__ import annotations

import array
import collections
import functools
import itertools
from typing import Any

import pytest

from checker import explore, together


class lazy:
    """Computes an attribute when it is first read and keeps it in the instance, as many libraries have it."""

    def __init__(self, compute: Any) -> None:
        self.compute = compute

    def __get__(self, obj: Any, cls: type) -> Any:
        value = obj.__dict__[self.compute.__name__] = self.compute(obj)
        return value


class Report:
    @lazy
    def lines(self):
        return []


class Borg:
    def __init__(self, state):
        self.__dict__ = state


def a_lazy_attribute_may_be_computed_twice():
    report = Report()
    first, second = together(lambda: report.lines, lambda: report.lines)
    return first is second


def two_instances_share_one_dictionary():
    state = {"n": 0}

    def add(borg):
        borg.n += 1

    first, second = Borg(state), Borg(state)
    together(lambda: add(first), lambda: add(second))
    return state["n"]


def a_dictionary_is_swapped_between_two_reads():
    borg = Borg({"x": 0, "y": 0})

    def swap():
        borg.__dict__ = {"x": 1, "y": 1}

    return together(swap, lambda: borg.x == borg.y)[1]


def a_loop_over_an_array():
    numbers = array.array("i", [5, 5])

    def move():
        numbers[0] -= 1
        numbers[1] += 1

    def total():
        found = 0
        for number in numbers:
            found += number
        return found

    return together(move, total)[1]


def a_view_and_a_set():
    table: dict[str, int] = {}
    view = table.keys()
    return together(lambda: len(view & {"x"}), lambda: table.setdefault("x", 1))[0]


def the_length_of_a_view_of_an_ordered_dictionary():
    table: collections.OrderedDict[str, int] = collections.OrderedDict()
    view = table.values()
    return together(lambda: len(view), lambda: table.setdefault("x", 1))[0]


def a_dictionary_as_a_key_function():
    votes = {"a": 1, "b": 0}
    return together(lambda: max(("a", "b"), key=votes.get), lambda: votes.update(b=2))[0]


def a_list_times_a_constant():
    numbers: list[int] = []
    return together(lambda: len(numbers * 2), lambda: numbers.append(1))[0]


def bytes_compared_with_a_constant():
    text = bytearray(b"ab")
    return together(lambda: text == b"ab", lambda: text.append(1))[0]


def a_factory_in_c_is_one_step():
    made = collections.defaultdict(functools.partial(collections.defaultdict, list))
    first, second = together(lambda: made["x"], lambda: made["x"])
    return first is second


def a_bound_factory_in_c_is_one_step():
    numbers = collections.defaultdict(itertools.count().__next__)
    return sorted(together(lambda: numbers["x"], lambda: numbers["x"]))


@pytest.mark.parametrize(
    ("scenario", "outcomes"),
    [
        (a_lazy_attribute_may_be_computed_twice, [False, True]),
        (two_instances_share_one_dictionary, [1, 2]),
        (a_dictionary_is_swapped_between_two_reads, [False, True]),
        (a_loop_over_an_array, [9, 10, 11]),
        (a_view_and_a_set, [0, 1]),
        (the_length_of_a_view_of_an_ordered_dictionary, [0, 1]),
        (a_dictionary_as_a_key_function, ["a", "b"]),
        (a_list_times_a_constant, [0, 2]),
        (bytes_compared_with_a_constant, [False, True]),
        (a_factory_in_c_is_one_step, [True]),
        (a_bound_factory_in_c_is_one_step, [[0, 0]]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_all_outcomes_are_found(scenario, outcomes):
    found = explore(scenario)
    assert sorted(found.outcomes) == outcomes and found.exhaustive


def a_loop_over_an_ordered_dictionary():
    table = collections.OrderedDict(a=1, b=2)
    together(lambda: [key for key in table], lambda: table.pop("a"))


def the_first_of_an_ordered_dictionary():
    table = collections.OrderedDict(a=1, b=2)
    together(lambda: next(iter(table)), lambda: table.pop("a"))


def a_variable_of_a_function_is_deleted():
    value = 1

    def drop():
        nonlocal value
        del value

    together(lambda: value, drop)


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        (a_loop_over_an_ordered_dictionary, "RuntimeError: OrderedDict mutated during iteration"),
        (the_first_of_an_ordered_dictionary, "RuntimeError: OrderedDict mutated during iteration"),
        (a_variable_of_a_function_is_deleted, "NameError"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_another_thread_takes_away_raises(scenario, error):
    found = explore(scenario)
    assert found.outcome == "raised" and error in found.failure.error


def test_a_generator_is_run_while_its_items_go_into_a_shared_list():
    def extended():
        numbers: list[int] = []
        together(lambda: numbers.extend(number for number in (1, 2)), lambda: numbers.append(9))
        return numbers

    found = explore(extended)
    assert [1, 9, 2] in found.outcomes and "a generator is run" in found.claim


def test_what_eval_makes_is_not_woven_and_the_claim_says_so():
    def evaluated():
        add = eval("lambda box: box.append(1)")
        box: list[int] = []
        together(lambda: add(box), lambda: add(box))
        return len(box)

    found = explore(evaluated)
    assert not found.exhaustive and "the code calls eval()" in found.claim
