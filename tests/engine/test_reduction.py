"""The reduction loses no outcome: proven against brute force, program by program."""

from __future__ import annotations

import random

import pytest
from brute import brute_force
from random_programs import random_program
from small_programs import PROGRAMS

from checker.search.explorer import explore_scenario


def reduced(scenario, **options):
    found = explore_scenario(scenario, search="dpor", schedules=20_000, seconds=120, after_failure=10**9, **options)
    assert found.exhaustive, found.claim
    return found, {row.label for row in found.outcomes.rows}


#: Of more than a thousand schedules by brute force; the others show the same claim.
LARGE = {
    "a_pool_of_one",
    "a_semaphore",
    "a_stop_flag",
    "an_owner_that_leaves_when_stopped_and_empty",
    "event_and_data",
    "three_writers_and_what_each_saw",
}
CASES = [
    pytest.param(program, id=program.__name__, marks=pytest.mark.slow if program.__name__ in LARGE else ())
    for program in PROGRAMS
]


@pytest.mark.parametrize("program", CASES)
def test_the_reduction_finds_every_outcome_of(program):
    every = brute_force(program)
    assert every is not None, "too large for brute force"
    found, outcomes = reduced(program)
    assert outcomes == every


#: Seeds of a fixed generator whose programs have more schedules than brute force gets through, and many.
TOO_MANY, MANY = {7, 14, 18, 28, 41}, {8, 12, 13, 16, 43}
SEEDS = [
    pytest.param(seed, marks=pytest.mark.slow if seed in MANY else ()) for seed in range(45) if seed not in TOO_MANY
]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reduction_finds_every_outcome_of_random_program(seed):
    scenario, source = random_program(random.Random(seed), threads=2, operations=2)
    every = brute_force(scenario, limit=15_000)
    assert every is not None, "too large for brute force"
    _, outcomes = reduced(scenario)
    assert outcomes == every, source


@pytest.mark.slow
@pytest.mark.parametrize("delays", [False, True], ids=["no delays", "delays"])
def test_the_reduction_finds_every_outcome_of_larger_random_programs(delays):
    compared = 0
    for seed in range(1_000, 1_040):
        scenario, source = random_program(random.Random(seed), threads=2 + (seed % 3 == 0), operations=2)
        every = brute_force(scenario, limit=2_000, delays=delays)
        if every is None:
            continue
        compared += 1
        _, outcomes = reduced(scenario, delays=delays)
        assert outcomes == every, f"seed {seed}\n{source}"
    assert compared >= 10


def test_the_brute_force_is_one():
    """The yardstick itself, against numbers known by hand: two threads of two steps each have 6 interleavings."""
    found = explore_scenario(PROGRAMS[0], search="every")
    assert (found.schedules, found.outcomes[2].count, found.outcomes[1].count) == (6, 2, 4)
