"""Iterators and generators that outlive an execution begin anew in each; those that cannot are refused by name."""

from __future__ import annotations

import collections
import itertools
from threading import Lock

import pytest

from checker import explore, together

LOCK = Lock()

#: From 3.14 on the iterators of itertools cannot be copied; then those are refused that hold what nothing shows.
COPIED = itertools.count.__reduce__ is not object.__reduce__


def numbers(first=0, *more, step=1, **named):
    yield from more
    while True:
        yield first
        first += step


def advanced(iterator):
    next(iterator)
    return iterator


STACK = [2, 1, 3, 0]

BEGIN_ANEW = {
    "generator": (numbers(1), [1, 2]),
    "generator with arguments": (numbers(5, 9, step=2), [9, 5]),
    "generator with named arguments": (numbers(first=3, other=1), [3, 4]),
    "generator expression": ((x * x for x in [3, 4, 5]), [9, 16]),
    "generator over a generator": ((-x for x in numbers(1)), [-1, -2]),
    "generator over an iterator": ((x for x in zip([1, 2, 3], "abc")), [(1, "a"), (2, "b")]),
    "list": (iter([1, 2, 3]), [1, 2]),
    "begun list": (advanced(iter([1, 2, 3])), [2, 3]),
    "reversed list": (reversed([1, 2, 3]), [3, 2]),
    "deque": (advanced(iter(collections.deque([1, 2, 3]))), [2, 3]),
    "enumerate": (enumerate("abc"), [(0, "a"), (1, "b")]),
    "zip": (zip([1, 2, 3], "abc"), [(1, "a"), (2, "b")]),
    "map": (map(abs, [-1, 2, 3]), [1, 2]),
    "map over a generator": (map(abs, numbers(-1)), [1, 0]),
    "filter": (filter(None, [0, 1, 2]), [1, 2]),
    "cycle": (itertools.cycle("abc"), ["a", "b"]),
    "begun cycle": (advanced(itertools.cycle("abc")), ["b", "c"]),
    "chain of nothing": (itertools.chain(map(abs, [-1]), [], [2]), [1, 2]),
    "begun chain": (advanced(itertools.chain([1, 2], [3])), [2, 3]),
    "chain from an iterator": (advanced(itertools.chain.from_iterable(iter([[1, 2], [3]]))), [2, 3]),
    "chain": (itertools.chain([1], [2, 3]), [1, 2]),
    "accumulate": (itertools.accumulate([1, 2, 3]), [1, 3]),
    "begun accumulate": (advanced(itertools.accumulate([1, 2, 3])), [3, 6]),
    "accumulate with a function": (itertools.accumulate([1, 2, 3], max), [1, 2]),
    "begun accumulate with a function": (advanced(itertools.accumulate([1, 3, 2], max)), [3, 3]),
    "starmap": (advanced(itertools.starmap(pow, [(2, 1), (2, 2), (2, 3)])), [4, 8]),
    "filterfalse": (advanced(itertools.filterfalse(str.isupper, "aBcd")), ["c", "d"]),
    "compress": (advanced(itertools.compress("abcd", [1, 0, 1, 1])), ["c", "d"]),
    "repeat": (itertools.repeat(1, 2), [1, 1]),
    "repeat without an end": (advanced(itertools.repeat(1)), [1, 1]),
    "count": (itertools.count(7), [7, 8]),
    "begun count": (advanced(itertools.count(-7, 5)), [-2, 3]),
    "count of fractions": (advanced(itertools.count(0.5, 0.25)), [0.75, 1.0]),
    "large count": (advanced(itertools.count(2**70)), [2**70 + 1, 2**70 + 2]),
    "call until a sentinel": (iter(STACK.pop, 2), [0, 3]),
}

NOT_SHOWN = {
    "cycle that went round": (advanced(advanced(advanced(advanced(itertools.cycle("abc"))))), ["b", "c"]),
    "slice of a count": (itertools.islice(itertools.count(5), 10), [5, 6]),
    "slice of a generator": (itertools.islice(numbers(5), 10), [5, 6]),
    "product": (itertools.product([1, 2], "ab"), [(1, "a"), (1, "b")]),
    "take while": (itertools.takewhile(bool, [1, 2, 0]), [1, 2]),
}
if COPIED:
    BEGIN_ANEW |= NOT_SHOWN


def drawing(iterator):
    def both_draw():
        def draw():
            with LOCK:
                return next(iterator)

        return together(draw, draw)

    return both_draw


@pytest.mark.parametrize("name", BEGIN_ANEW)
def test_what_was_begun_before_begins_anew_in_every_execution(name):
    iterator, expected = BEGIN_ANEW[name]
    for _ in range(2):  # it is given back as it was, too
        found = explore(drawing(iterator))
        assert set(map(tuple, (row.observation for row in found.outcomes.rows))) == {
            tuple(expected),
            tuple(reversed(expected)),
        }
        assert found.exhaustive
    assert next(iterator) == expected[0]


class Tickets:
    drawn = itertools.chain([10, 11], [12, 13])
    next_number = numbers(1).__next__
    send = numbers(1).send


@pytest.mark.parametrize("draw", [lambda: next(Tickets.drawn), Tickets.next_number, lambda: Tickets.next_number()])
def test_wherever_it_is_kept(draw):
    def both_draw():
        with LOCK:
            first = draw()
        (second,) = together(draw)
        return second - first

    for _ in range(2):
        found = explore(both_draw)
        assert list(found.outcomes) == [1]


def test_iterators_that_share_another_one_still_share_it():
    source = iter([1, 2, 3, 4])
    pairs = zip(source, source)

    def all_are_drawn():
        return together(lambda: next(pairs))[0], next(source), next(pairs, None)

    for _ in range(2):
        found = explore(all_are_drawn)
        assert list(found.outcomes) == [((1, 2), 3, None)]


def test_two_threads_in_one_generator_that_outlives_the_executions():
    shared = numbers(1)
    found = explore(lambda: sorted(together(lambda: next(shared), lambda: next(shared))))
    assert found.outcome == "raised"
    assert found.failure.error.startswith("ValueError: generator already executing")


def test_its_code_is_woven():
    total = [0]

    def adding():
        while True:
            total[0] += 1
            yield

    one, other = adding(), adding()

    def no_addition_is_lost():
        together(lambda: next(one), lambda: next(other))
        return total[0]

    assert set(explore(no_addition_is_lost).outcomes) == {1, 2}


CANNOT = {
    "the generator numbers": advanced(numbers()),
    "an iterator (pairwise)": itertools.pairwise([1, 2, 3]),
    "an iterator (dict_keyiterator)": iter({1: 2, 3: 4}),
}
if not COPIED:
    CANNOT |= {f"an iterator ({type(each).__name__})": each for each, _ in NOT_SHOWN.values()}


@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_begin_anew_is_refused_when_it_is_used(name):
    found = explore(drawing(CANNOT[name]))
    assert found.outcome == "raised"
    assert found.failure.error.startswith(f"Unsupported: {name} from before the check would go on")


def test_what_a_finished_iterator_leaves_empty_is_not_looked_at():
    """`zip_longest` keeps its iterators in a tuple, and a hole where one has ended: to go over it is a crash."""
    outlives = itertools.zip_longest([1], [1, 2, 3])
    next(outlives), next(outlives)

    def drawn_by_two():
        pairs = itertools.zip_longest([1], [1, 2, 3])
        return together(lambda: [pair for pair in pairs], lambda: [pair for pair in pairs]), outlives is None

    found = explore(drawn_by_two)
    drawn = [row.observation[0] for row in found.outcomes.rows]
    assert all(sorted(one + other, key=lambda pair: pair[1]) == [(1, 1), (None, 2), (None, 3)] for one, other in drawn)
    assert len(drawn) == 2**3


def test_and_named_in_the_claim_when_it_is_only_there():
    begun = advanced(numbers())

    def nobody_draws():
        return together(lambda: begun is None, lambda: None)

    found = explore(nobody_draws)
    assert found.holds and not found.exhaustive
    assert "the generator numbers outlives an execution and is not put back" in found.claim


def test_a_generator_that_has_ended_stays_ended():
    ended = (x for x in ())
    assert next(ended, None) is None
    found = explore(lambda: together(lambda: next(ended, "none"), lambda: next(ended, "none")))
    assert list(found.outcomes) == [["none", "none"]] and found.exhaustive
