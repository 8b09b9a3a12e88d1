"""Lesson 03 runs, and what its text says of its data is so."""

from __future__ import annotations

import sys

import pytest
from lessons import Ran, measured, run

FOR_EVER = ["waits for ever", ""]


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run(
        "03-acquire",
        answers="answers",
        alone="alone",
        beside="beside",
        signals="[list(map(str, quiet)), list(map(str, loud))]",
        careless="[explore(two_careless_workers).outcome, explore(two_careful_workers).holds]",
        stranger="list(explore(a_stranger_releases).outcomes)",
        careful="list(explore(two_careful_workers).outcomes)",
    )


@pytest.mark.slow
def test_it_takes_less_than_a_minute_and_warns_of_nothing(lesson: Ran) -> None:
    assert lesson.within_a_minute
    assert lesson.warnings == []
    assert lesson.figures == 1


@pytest.mark.slow
def test_the_sixteen_calls_are_as_the_text_says(lesson: Ran) -> None:
    slip = FOR_EVER if sys.version_info >= (3, 12) else ["TypeError", "at once"]
    assert lesson.values["answers"] == {
        "lock.acquire()": FOR_EVER,
        "lock.acquire(False)": [False, "at once"],
        "lock.acquire(timeout=1)": [False, "after 1 s"],
        "lock.acquire(timeout=0)": [False, "at once"],
        "lock.acquire(timeout=-1)": FOR_EVER,
        "lock.acquire(timeout=-2)": ["ValueError", "at once"],
        "lock.acquire(timeout=None)": ["TypeError", "at once"],
        "lock.acquire(0.1)": slip,
        "lock.acquire(False, 0.1)": ["ValueError", "at once"],
        "lock.acquire(False, 0)": ["ValueError", "at once"],
        "lock.acquire(True, 0.1)": [False, "after 0.1 s"],
        "lock.acquire(timeout=1e10)": ["OverflowError", "at once"],
        "lock.release()": [None, "at once"],
        "free.release()": ["RuntimeError", "at once"],
        "mine.acquire(False)": [True, "at once"],
        "other.release()": ["RuntimeError", "at once"],
    }


@pytest.mark.slow
def test_no_dot_lies_below_the_diagonal(lesson: Ran) -> None:
    assert all(waited >= asked for asked, waited in lesson.values["alone"] + lesson.values["beside"])


@pytest.mark.slow
def test_ignoring_false_fails_and_looking_at_it_holds(lesson: Ran) -> None:
    assert lesson.values["careless"] == ["raised", True]
    assert lesson.values["careful"] == [["came back later", "worked"]]


@pytest.mark.slow
def test_a_stranger_that_releases_costs_an_update_and_raises(lesson: Ran) -> None:
    found = [tuple(outcome) for outcome in lesson.values["stranger"]]
    assert set(found) == {(2, None), (2, "release unlocked lock"), (1, "release unlocked lock")}


@pytest.mark.slow
@measured
def test_only_a_handler_that_raises_ends_the_wait(lesson: Ran) -> None:
    (quiet, quiet_seconds), (loud, loud_seconds) = lesson.values["signals"]
    assert quiet == "False" and float(quiet_seconds) >= 0.6
    assert loud.startswith("InterruptedError") and float(loud_seconds) < 0.6
