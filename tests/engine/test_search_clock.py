"""The seconds of a search are counted by the clock that it is given."""

import itertools
import time

import pytest

from checker import together
from checker.search.explorer import explore_scenario


def scenario():
    counter = [0]

    def increment():
        counter[0] += 1

    together(increment, increment)
    return counter[0]


def test_a_clock_that_stands_still_ends_no_search():
    found = explore_scenario(scenario, seconds=0.0, clock=lambda: 5.0)
    assert found.exhaustive and not found.out_of_time and found.seconds == 0


def test_a_search_by_real_time_ends_in_time():
    found = explore_scenario(scenario, seconds=0.0)
    assert found.out_of_time and not found.exhaustive and "ended after 0 s" in found.claim


def test_waiting_costs_no_processor_time():
    began = time.process_time()
    found = explore_scenario(scenario, seconds=60.0, clock=time.process_time)
    assert found.seconds <= time.process_time() - began


@pytest.mark.parametrize("search", ["auto", "dpor"])
def test_the_reduction_leaves_time_for_sampling_where_that_comes_after_it(search):
    def many_steps():
        noise = [0]

        def make_noise():
            for _ in range(20):
                noise[0] += 1

        together(make_noise, make_noise)

    ticks = itertools.count().__next__
    found = explore_scenario(many_steps, search=search, seconds=100, clock=ticks)
    assert found.out_of_time and not found.exhaustive and 10 < found.schedules <= 100
    assert ("sampled" in found.claim) == (search == "auto")
