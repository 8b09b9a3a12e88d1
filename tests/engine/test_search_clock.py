"""The seconds of a search are counted by the clock that it is given."""

import time

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
