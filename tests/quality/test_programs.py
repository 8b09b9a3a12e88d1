"""Every labelled program is judged as labelled, on three seeds, and what failed fails again on replay."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from programs import HOLDS, PROGRAMS, Program

from checker import CheckFailed, Exploration, check, explore
from checker.outcomes import FINISHED, KINDS

SEEDS = (0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow))


def verdict(program: Program, exploration: Exploration) -> tuple[str, Any]:
    """("holds", None), or how a schedule failed and what it observed."""
    if not exploration.holds:
        return exploration.outcome, None
    for row in exploration.outcomes.rows:
        if row.outcome == FINISHED and not program.allows(row.observation):
            return FINISHED, row.observation
    return HOLDS, None


def forbidden_schedule(program: Program, exploration: Exploration) -> str | None:
    """The schedule of the first failure, a wrong observation included."""
    if exploration.schedule is not None:
        return exploration.schedule
    for row in exploration.outcomes.rows:
        if row.outcome == FINISHED and not program.allows(row.observation):
            return row.schedule
    return None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_judged_as_labelled(program: Program, seed: int) -> None:
    exploration = explore(program.scenario, seed=seed, **program.options)
    outcome, observation = verdict(program, exploration)
    assert outcome in program.outcomes, f"{exploration.claim}\n{exploration.outcomes}"
    if program.right:
        return
    schedule = forbidden_schedule(program, exploration)
    again = explore(program.scenario, replay=schedule, **program.options)
    assert again.schedules == 1
    assert verdict(program, again) == (outcome, observation)


#: Right ones with thousands of schedules, which have just been explored above.
THOUSANDS = {
    "pools.map_keeps_the_order",
    "pools.one_future_waited_for_by_two",
    "queues.a_sentinel_for_each_worker",
    "queues.pipeline",
    "semaphores.never_more_than_permits",
    "sleeping.polled_until_it_is_true",
}
CHECKED = [
    pytest.param(program, id=program.name, marks=pytest.mark.slow if program.name in THOUSANDS else ())
    for program in PROGRAMS
]


@pytest.mark.parametrize("program", CHECKED)
def test_check_passes_or_tells_the_story(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        check(program.scenario, expect=program.expect, **program.options)
    except CheckFailed as failure:
        assert not program.right, failure
        assert len(str(failure).splitlines()) <= 60
    else:
        assert program.right, capsys.readouterr().out


def test_half_of_the_programs_are_wrong_in_every_way() -> None:
    outcomes = Counter(outcome for program in PROGRAMS for outcome in program.outcomes)
    assert len(PROGRAMS) >= 75
    assert 0.4 < outcomes[HOLDS] / len(PROGRAMS) < 0.6
    assert all(outcomes[kind] >= 3 for kind in KINDS if kind != "nondeterministic")
    assert len({program.name for program in PROGRAMS}) == len(PROGRAMS)
