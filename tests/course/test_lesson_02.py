"""Lesson 02 runs, and what its text says of its data is so."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import pytest
from lessons import Ran, measured, run

from checker.measure import RecordedLosses, recorded_losses

BARE, CALL, PROPERTY, LOCK = "o.x += 1", "d['k'] = d.get('k', 0) + 1", "p.x += 1 (property)", "with lock: g += 1"


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run(
        "02-races",
        bare="bare.lost",
        call="call.lost",
        hidden_call="hidden_call.lost",
        locked="locked.lost",
        slow="[losses.median for losses in slow]",
        one_each="{value: row.count for value, row in one_each.outcomes.items()}",
        two_each="{value: row.count for value, row in two_each.outcomes.items()}",
        counted="[one_each.exhaustive, two_each.exhaustive]",
        two_increments="[sorted(explored.outcomes), explored.exhaustive]",
    )


@pytest.mark.slow
def test_it_takes_less_than_a_minute_and_warns_of_nothing(lesson: Ran) -> None:
    assert lesson.within_a_minute
    assert lesson.warnings == []
    assert lesson.figures == 2


@pytest.mark.slow
@measured
def test_the_bare_increment_loses_nothing_here_and_a_call_in_between_loses_much(lesson: Ran) -> None:
    if getattr(sys, "_is_gil_enabled", lambda: True)():
        assert set(lesson.values["bare"]) == {0}
    # With a call in between a trial without any loss is rare; ten of them in a row were never seen.
    assert any(lesson.values["call"])
    assert any(lesson.values["hidden_call"])
    assert set(lesson.values["locked"]) == {0}


@pytest.mark.slow
@measured
def test_threads_that_sleep_between_read_and_write_do_the_work_of_one(lesson: Ran) -> None:
    expected = [100 * (1 - 1 / threads) for threads in (2, 4, 8, 16)]
    assert lesson.values["slow"] == pytest.approx(expected, abs=3)


@pytest.mark.slow
def test_the_histogram_counts_every_schedule(lesson: Ran) -> None:
    assert lesson.values["counted"] == [True, True]
    assert lesson.values["one_each"] == {"1": 4, "2": 2}
    assert lesson.values["two_each"] == {"2": 32, "3": 32, "4": 6}
    assert lesson.values["two_increments"] == [[1, 2], True]


@pytest.mark.slow
def test_the_repair_holds_and_the_two_false_ones_do_not(lesson: Ran) -> None:
    assert "lock around the write: [1, 2]" in lesson.printed
    assert "a new lock each time:  [1, 2]" in lesson.printed


def medians(rows: Iterable[RecordedLosses]) -> dict[str, float]:
    return {row.interpreter: row.median for row in rows}


def as_drawn(rows: list[RecordedLosses]) -> list[RecordedLosses]:
    """Per interpreter the smallest switch interval recorded, which is what the plot shows (the last one wins)."""
    return sorted(rows, key=lambda row: -row.switch_interval)


def test_the_recorded_interpreters_are_as_the_text_says() -> None:
    bare, call, hidden_call, lock = (
        medians(as_drawn(recorded_losses(construct, threads=4, increments=100_000)))
        for construct in (BARE, CALL, PROPERTY, LOCK)
    )
    assert all(40 < bare[version] < 60 for version in ("3.8", "3.9"))
    since = [f"3.{minor}" for minor in range(10, 15)]
    assert all(bare[version] == 0 for version in since)
    assert all(100 / 3 < bare[version] < 60 for version in ("3.13t", "3.14t"))
    assert all(45 < losses[version] < 70 for losses in (call, hidden_call) for version in since)
    assert set(lock.values()) == {0}
    every_bare = recorded_losses(BARE)
    assert all(row.high == 0 for row in every_bare if row.interpreter in since)
