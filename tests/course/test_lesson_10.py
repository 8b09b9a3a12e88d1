"""Lesson 10 runs, and what its text says of its data is so."""

from __future__ import annotations

from statistics import median

import pytest
from lessons import Ran, measured, run


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run(
        "10-queues",
        counts="counts",
        shares="shares",
        slips="sorted(slips.outcomes)",
        door="sorted(door.outcomes)",
        held="[door.exhaustive, sorted_out.exhaustive]",
        one_for_two="[row.outcome for row in one_for_two.outcomes.rows]",
        mixed="sorted(mixed.outcomes)",
        sorted_out="list(sorted_out.outcomes)",
        flows="{name: [taken, finished] for name, (taken, finished) in flows.items()}",
        bound="BOUND",
    )


@pytest.mark.slow
def test_it_takes_less_than_a_minute_and_warns_of_nothing(lesson: Ran) -> None:
    assert lesson.within_a_minute
    assert lesson.warnings == []
    assert lesson.figures >= 2


@pytest.mark.slow
def test_one_owner_loses_nothing(lesson: Ran) -> None:
    assert lesson.values["counts"] == {"row": 12, "your": 4, "boat": 4}


@pytest.mark.slow
@measured
def test_the_flag_loses_what_waits_and_the_sentinel_nothing(lesson: Ran) -> None:
    flag, sentinel = lesson.values["shares"]["flag"], lesson.values["shares"]["sentinel"]
    assert all(share == 1 for row in sentinel for share in row)
    assert max(flag[0]) < 0.5  # "almost everything is lost if the stop comes at once"
    assert min(flag[-1]) > max(flag[0])
    assert median(flag[-1]) >= median(flag[1])  # "less the longer you wait"


@pytest.mark.slow
def test_an_item_slips_behind_the_sentinel_unless_there_is_a_door(lesson: Ran) -> None:
    assert lesson.values["slips"] == [["accepted", []], ["accepted", ["a"]], ["refused", []]]
    assert lesson.values["door"] == [["accepted", ["a"]], ["refused", []]]
    assert lesson.values["held"] == [True, True]


@pytest.mark.slow
def test_one_sentinel_for_two_workers_always_hangs(lesson: Ran) -> None:
    assert lesson.values["one_for_two"] == ["deadlock"]


@pytest.mark.slow
def test_one_place_for_replies_mixes_them_up(lesson: Ran) -> None:
    assert lesson.values["mixed"] == [[4, 9], [9, 4]]
    assert lesson.values["sorted_out"] == [[4, 9]]


@pytest.mark.slow
@measured
def test_without_a_bound_items_grow_old(lesson: Ran) -> None:
    (free, free_done), (bounded, bounded_done) = lesson.values["flows"].values()
    assert max(depth for _, _, depth in bounded) <= lesson.values["bound"]
    assert max(depth for _, _, depth in free) > 4 * lesson.values["bound"]
    assert max(age for _, age, _ in free) > 2 * max(age for _, age, _ in bounded)
    assert bounded_done > free_done  # the producer is slowed down
    assert 0.5 < free[-1][0] / bounded[-1][0] < 2  # the consumers end at about the same time
