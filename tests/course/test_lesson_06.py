"""Lesson 06 runs, and what its text says of its data is so."""

from __future__ import annotations

from statistics import median

import pytest
from lessons import Ran, measured, run


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run(
        "06-deadlocks",
        threads="[thread.name for thread in threading.enumerate() if thread.name in ('T1', 'T2')]",
        explored="[explored.outcome, explored.exhaustive]",
        hung="[row.outcome for row in hung.rows]",
        deadlocks="deadlocks",
        trials="trials",
        every="[every.outcomes['deadlock'].count, every.schedules, every.exhaustive]",
        ordered="[ordered.holds, ordered.exhaustive, sorted(ordered.outcomes)]",
        equal="equal",
        jittered="jittered",
        in_step="in_step.outcome",
        itself="itself.outcome",
        seen="seen",
        seen_from_outside="seen_from_outside",
    )


@pytest.mark.slow
def test_it_takes_less_than_a_minute_warns_of_nothing_and_leaves_no_thread(lesson: Ran) -> None:
    assert lesson.within_a_minute
    assert lesson.warnings == []
    assert lesson.figures == 2  # and the picture of the deadlock, which is no plot
    assert lesson.values["threads"] == []


@pytest.mark.slow
def test_opposite_transfers_can_deadlock_and_with_a_pause_they_really_do(lesson: Ran) -> None:
    assert lesson.values["explored"] == ["deadlock", True]
    assert lesson.values["hung"] == ["deadlock"]


@pytest.mark.slow
@measured
def test_a_pause_turns_never_seen_into_nearly_always(lesson: Ran) -> None:
    share = {name: count / lesson.values["trials"][name] for name, count in lesson.values["deadlocks"].items()}
    assert share["none"] < 0.05
    assert share["5 ms"] > 0.7
    assert share["1 ms"] > 0.5


@pytest.mark.slow
def test_half_of_all_schedules_deadlock(lesson: Ran) -> None:
    stuck, schedules, exhaustive = lesson.values["every"]
    assert exhaustive
    assert 2 * stuck == schedules


@pytest.mark.slow
def test_an_order_leaves_no_deadlock_in_any_schedule(lesson: Ran) -> None:
    assert lesson.values["ordered"] == [True, True, [[80, 120]]]


@pytest.mark.slow
@measured
def test_equal_pauses_keep_two_threads_in_step_and_random_ones_do_not(lesson: Ran) -> None:
    assert median(lesson.values["jittered"]) < median(lesson.values["equal"])
    assert lesson.values["in_step"] == "livelock"


@pytest.mark.slow
def test_a_thread_can_wait_for_itself_and_an_rlock_shows_it_work_half_done(lesson: Ran) -> None:
    assert lesson.values["itself"] == "deadlock"
    assert lesson.values["seen"] == [7, 10]
    assert lesson.values["seen_from_outside"] == [10]
