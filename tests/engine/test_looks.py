"""With a key, names and numbers that the code sees are stable within an exploration and unforeseeable between them."""

import random
import threading
import time

import pytest

from checker import together
from checker.engine.looks import Looks
from checker.search.explorer import explore_scenario


def seen(look, key):
    """What `look` gives in the threads of `together`, in their order."""

    def scenario():
        return together(look, look, look)

    found = explore_scenario(scenario, key=key)
    assert found.holds and found.exhaustive, found.claim
    (row,) = found.outcomes.rows
    return row.observation


LOOKS = {
    "name": lambda: threading.current_thread().name,
    "ident": threading.get_ident,
    "native id": threading.get_native_id,
    "hash of the thread": lambda: hash(threading.current_thread()),
    "hash of a lock": lambda: hash(threading.Lock()),
    "id of a lock": lambda: id(threading.Lock()),
    "a random number": random.random,
    "a random number of its own": lambda: random.Random().random(),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_what_tells_threads_apart_is_the_same_in_every_execution_and_another_with_each_key(look):
    plain, first, second = seen(look, 0), seen(look, 1), seen(look, 2)
    assert len({*plain, *first, *second}) == 9
    assert seen(look, 1) == first and seen(look, 0) == plain


@pytest.mark.parametrize("look", [LOOKS["ident"], LOOKS["hash of the thread"], LOOKS["id of a lock"]])
def test_the_order_of_numbers_says_nothing_about_the_order_of_threads(look):
    orders = {tuple(sorted(range(3), key=seen(look, key).__getitem__)) for key in range(1, 30)}
    assert len(orders) > 1
    assert seen(look, 0) == sorted(seen(look, 0))


def test_the_list_of_threads_is_in_no_order_of_starting():
    def scenario():
        gate = threading.Event()
        others = [threading.Thread(target=gate.wait, name=name) for name in "abc"]
        for other in others:
            other.start()
        listed = [thread.name for thread in threading.enumerate()[1:]]
        gate.set()
        for other in others:
            other.join()
        return "".join(listed)

    orders = {explore_scenario(scenario, key=key, schedules=1).outcomes.rows[0].observation for key in range(20)}
    assert len(orders) > 1
    assert explore_scenario(scenario).outcomes.rows[0].observation == "abc"


def test_nothing_about_its_thread_tells_a_callable_its_place():
    def look():
        thread = threading.current_thread()
        return [thread._args, thread._kwargs, thread._target.__name__]

    def scenario():
        return together(look, look)

    (row,) = explore_scenario(scenario).outcomes.rows
    assert row.observation[0] == row.observation[1]


def test_time_begins_elsewhere_and_differences_stay_exact():
    def scenario():
        began = time.monotonic()
        time.sleep(0.1)
        return began, time.monotonic() - began, threading.Thread().name, id(object())

    results = [explore_scenario(scenario, key=key).outcomes.rows[0].observation for key in range(5)]
    assert len({result[0] for result in results}) == len({result[2] for result in results}) == 5
    assert len({result[1] for result in results}) == 1
    assert len({result[3] for result in results}) == 5
    assert results[0][0] == 1024.0 and results[0][2] == "Thread-1"
    assert all(1024 <= Looks(key).epoch < 2048 for key in range(500))


def test_a_story_with_a_key_counts_seconds_from_the_beginning():
    def scenario():
        def late():
            time.sleep(5)
            raise KeyError

        together(late)

    failure = explore_scenario(scenario, key=3).failure
    assert failure.seconds == pytest.approx(5) and failure.steps[-1].time == pytest.approx(5)


def test_random_numbers_of_the_scenario_itself_do_not_hang_on_the_key():
    assert {explore_scenario(random.random, key=key).outcomes.rows[0].observation for key in range(5)} == {
        explore_scenario(random.random).outcomes.rows[0].observation
    }


def test_the_checkers_own_unwinding_raised_by_the_code_is_a_failure():
    from checker.engine.tasks import Unwind

    def quit_early():
        raise Unwind

    def scenario():
        return together(quit_early, lambda: 1)

    found = explore_scenario(scenario)
    assert found.outcome == "raised" and "Unwind" in found.failure.error
