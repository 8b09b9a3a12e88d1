"""A discussion opens once the checks of its exercise have passed."""

from pathlib import Path

import pytest

from checker import discussion

NEEDED = {"counter-1": ["loses_nothing"], "counter-2": ["adds", "refuses"]}


@pytest.fixture(autouse=True)
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "discussion").mkdir()
    (tmp_path / "discussion" / "counter.md").write_text(discussion.front_matter(NEEDED) + "What people write.\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(discussion, "_passed", set())


def test_it_says_which_checks_are_missing() -> None:
    discussion.passed("loses_nothing")
    discussion.passed("adds")
    assert str(discussion.discuss("counter")) == "The discussion opens when these checks have passed here: counter-2."


def test_it_opens_when_all_have_passed() -> None:
    for scenario in ("loses_nothing", "adds", "refuses"):
        discussion.passed(scenario)
    assert discussion.discuss("counter").text == "What people write.\n"


def test_the_last_run_of_a_scenario_counts() -> None:
    for scenario in ("loses_nothing", "adds", "refuses"):
        discussion.passed(scenario)
    discussion.failed("adds")
    assert "counter-2" in discussion.discuss("counter").text


def test_an_exercise_without_discussion_gets_a_clear_line() -> None:
    assert str(discussion.discuss("unknown")) == "There is no discussion of `unknown` beside this notebook."
