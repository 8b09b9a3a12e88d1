"""Lesson 05 runs, and what its text says of its data is so."""

from __future__ import annotations

from statistics import median

import pytest
from lessons import Ran, measured, run


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run(
        "05-timeouts",
        flusher="[flusher.done, flusher.skipped]",
        pokes="[sorted(pokes.outcomes), pokes.exhaustive]",
        each="each",
        whole="whole",
        waiting="waiting",
        polling="polling",
        winners="winners",
        summary="summary",
        cold="[ms for _, ms, how in records[3] if how == 'stale']",
        torn="[sorted(torn.outcomes), torn.exhaustive]",
        sound="[sorted(sound.outcomes), sound.exhaustive]",
    )


@pytest.mark.slow
def test_it_takes_less_than_a_minute_and_warns_of_nothing(lesson: Ran) -> None:
    assert lesson.within_a_minute
    assert lesson.warnings == []
    assert lesson.figures == 3


@pytest.mark.slow
@measured
def test_a_skipped_poke_can_vanish(lesson: Ran) -> None:
    done, skipped = lesson.values["flusher"]
    assert done + skipped <= 80
    assert done > 0
    assert skipped > 0
    assert lesson.values["pokes"] == [[2, 3], True]


@pytest.mark.slow
@measured
def test_a_timeout_for_each_lock_adds_up_and_a_deadline_does_not(lesson: Ran) -> None:
    # Each lock comes free after 0.8 budgets; acquire never gives up early, and a noisy machine is only later.
    assert all(taken >= 0.75 * n for n, taken in enumerate(lesson.values["each"], start=1))
    assert lesson.values["whole"][-1] < lesson.values["each"][-1]
    assert median(lesson.values["whole"]) < median(lesson.values["each"])


@pytest.mark.slow
@measured
def test_polling_asks_many_times_as_often_as_waiting(lesson: Ran) -> None:
    assert lesson.values["waiting"][0] == 12
    assert lesson.values["polling"][0] > 24


@pytest.mark.slow
@measured
def test_random_pauses_let_more_clients_through(lesson: Ran) -> None:
    exact, jittered = lesson.values["winners"]
    assert exact < 10
    assert jittered >= exact


@pytest.mark.slow
@measured
def test_the_four_caches_differ_as_the_text_says(lesson: Ran) -> None:
    summary = {name: tuple(numbers) for name, numbers in lesson.values["summary"].items()}
    fetches = {name: numbers[0] for name, numbers in summary.items()}
    assert fetches["Naive"] >= 4 * fetches["OneLock"]
    assert all(3 <= fetches[name] <= 6 for name in ("OneLock", "UsualArticle", "StaleWhileRefreshing"))
    nothing = {name: numbers[1] for name, numbers in summary.items()}
    assert nothing["UsualArticle"] >= 5
    assert nothing["Naive"] == nothing["OneLock"] == nothing["StaleWhileRefreshing"] == 0
    waited = {name: numbers[3] for name, numbers in summary.items()}
    assert waited["StaleWhileRefreshing"] < min(waited["Naive"], waited["OneLock"], waited["UsualArticle"])
    stale = sorted(lesson.values["cold"])
    assert stale[len(stale) // 2] < 10  # ms: those who get the old value do not wait for the fetch of 80 ms


@pytest.mark.slow
def test_two_attributes_can_be_seen_torn_and_one_tuple_cannot(lesson: Ran) -> None:
    assert lesson.values["torn"] == [[["new", 100], ["old", 0], ["old", 100]], True]
    assert lesson.values["sound"] == [[["new", 100], ["old", 0]], True]
