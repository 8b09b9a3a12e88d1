"""You are the scheduler: the game, what the page shows of it, the widget without a browser, the levels."""

import threading

import pytest

from checker import play, together, verdict
from checker.levels import NAMES, level
from checker.search.game import Game
from checker.widget import view


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


def two_increments():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


def two_locked():
    lock = threading.Lock()
    counter = Counter()

    def locked():
        with lock:
            counter.increment()

    together(locked, locked)
    return counter.value


def game(scenario, expect):
    return Game(scenario, lambda execution: verdict.satisfies(expect, execution.observation))


def page(game, position, expected="2"):
    return view.shown(game, position, "", expected)


def test_each_click_moves_one_thread_by_one_step():
    playing = game(two_increments, 2)
    start = playing.at(())
    assert [(lane.name, lane.action, lane.target, lane.movable) for lane in start.lanes[1:]] == [
        ("T1", "read", "value", True),
        ("T2", "read", "value", True),
    ]
    first = start.lanes[1].task
    after = playing.at((*start.path, first))
    assert [lane.action for lane in after.lanes[1:]] == ["write", "read"]
    assert after.values == {"Counter.value": "0"} and not after.ended
    assert playing.undone(after).path == start.path


def test_one_after_the_other_gives_two_and_taking_turns_loses_one():
    playing = game(two_increments, 2)

    def end_of(names):
        position = playing.at(())
        for name in names:
            task = next(lane.task for lane in position.lanes if lane.name == name)
            position = playing.at((*position.path, task))
        return position

    whole = end_of(["T1", "T1", "T2", "T2"])
    assert (whole.ended, whole.failed, whole.execution.observation) == (True, False, 2)
    torn = end_of(["T1", "T2", "T1", "T2"])
    assert (torn.ended, torn.failed, torn.execution.observation) == (True, True, 1)
    assert "lost" in " ".join(page(playing, torn)["result"])


def test_a_thread_that_waits_cannot_move_and_says_for_what():
    playing = game(two_locked, 2)
    start = playing.at(())
    after = page(playing, playing.at((*start.path, 2)))
    holder, waiter = after["lanes"]
    assert holder["holds"] == ["lock"] and holder["movable"]
    assert not waiter["movable"] and waiter["next"] == "waits for lock, which T1 holds"
    assert any(marked for _, _, marked in waiter["code"])


def test_a_game_stays_with_the_code_it_was_begun_with(monkeypatch):
    playing = game(two_increments, 2)

    class Mended(Counter):
        def increment(self):
            pass

    monkeypatch.setitem(globals(), "Counter", Mended)
    assert [lane.target for lane in playing.at(()).lanes[1:]] == ["value", "value"]
    assert Counter is Mended


def test_nothing_to_show_where_nothing_fails():
    playing = game(two_locked, 2)
    assert playing.demonstration() == [] and not page(playing, playing.at(()))["show"]


def test_an_impossible_choice_is_refused():
    with pytest.raises(ValueError, match="thread 9 could not go on"):
        game(two_increments, 2).at((9,))


def test_a_game_leaves_the_process_clean():
    before = threading.active_count(), threading.Lock, Counter.increment.__code__
    playing = game(two_increments, 2)
    playing.at(playing.at(()).path)
    assert (threading.active_count(), threading.Lock, Counter.increment.__code__) == before


@pytest.mark.parametrize("name", NAMES)
def test_every_level_can_be_won_and_shows_how(name):
    chosen = level(name)
    playing = game(chosen.scenario, chosen.expect)
    shown = [playing.at(path) for path in playing.demonstration()]
    assert 2 <= len(shown) <= 13
    assert not any(position.ended for position in shown[:-1])
    last = page(playing, shown[-1])
    assert shown[-1].failed and last["reached"] and last["said"].startswith("Goal reached.")
    assert all(lane["code"] for position in shown[:-1] for lane in page(playing, position)["lanes"])


def test_levels_cover_four_lessons_and_say_which():
    assert {level(name).lesson for name in NAMES} == {"02-races", "03-acquire", "06-deadlocks", "10-queues"}
    with pytest.raises(ValueError, match="no level 'none'"):
        level("none")


def test_the_widget_plays_undoes_restarts_and_shows():
    from checker.widget.scheduler import Scheduler

    widget = Scheduler(
        two_increments, lambda execution: execution.observation == 2, goal="", expected="2", opened=False
    )
    assert widget.view == {"open": False}
    widget.do("open")
    for task in (2, 3, 2, 3):
        widget.do("step", task)
    assert widget.view["reached"]
    widget.do("undo")
    assert not widget.view["ended"]
    widget.do("restart")
    assert not widget.view["undo"] and not widget.view["steps"]
    widget.do("show")
    for _ in range(4):
        assert widget.view["showing"]
        widget.do("next")
    assert widget.view["reached"] and not widget.view["showing"]
    widget._received(widget, {"do": "step", "task": 99}, [])
    assert widget.view["reached"], "what cannot be done changes nothing"


def test_play_tells_the_solution_where_there_is_no_notebook(capsys):
    play(two_increments, expect=2, goal="Lose one.")
    told = capsys.readouterr().out
    assert "Lose one." in told and "two_increments can give 1; expected 2" in told
