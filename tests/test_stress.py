"""`stress`: real threads in a child that can be killed."""

import gc
import os
import random
import re
import sys
import threading
import time

import pytest
import stress_scenarios as scenarios

from checker.stress import stress
from checker.stressing import child
from checker.stressing.dump import where_threads_are

MODULE = sys.modules["checker.stress"]  # `checker.stress` itself is the function


def test_a_race_with_a_pause_shows_both_outcomes_or_the_wrong_one():
    table = stress(scenarios.two_sleepy_increments, seconds=100, rounds=400)
    assert set(table) <= {1, 2} and 1 in table
    assert table.total == table.rounds == 400
    assert "rounds on real threads" in str(table) and "not all that can happen" in table.claim


def test_rounds_bound_the_run():
    table = stress(scenarios.two_sleepy_increments, seconds=250, rounds=7)
    assert table.total == table.rounds == 7 and table.seconds < 200


def test_seconds_bound_the_run():
    table = stress(scenarios.two_sleepy_increments, seconds=0.2)
    assert table.total == table.rounds >= 1 and 0.2 <= table.seconds < 200


def test_one_round():
    assert stress(scenarios.two_sleepy_increments, seconds=100, rounds=1).total == 1


def test_a_deadlock_is_named_with_threads_and_lines():
    table = stress(scenarios.locks_in_opposite_order, seconds=100, rounds=1, patience=1)
    row = table["deadlock"]
    assert "T1 in line" in row.error and "`with b:`" in row.error
    assert "T2 in line" in row.error and "`with a:`" in row.error
    assert "most recent call first" in table.dump


def test_an_endless_spin_is_a_livelock():
    table = stress(scenarios.spins_for_ever, seconds=100, rounds=1, patience=1)
    assert list(table) == ["livelock"] and "T1 in line" in table["livelock"].error


def test_a_loop_in_c_is_ended_and_located():
    table = stress(scenarios.stuck_in_c, seconds=0.5, patience=0.5)
    assert 're.match("(a*)*b"' in table["livelock"].error
    assert table.seconds < 100


def test_a_leaked_thread_is_named_and_does_not_reach_the_caller():
    before = threading.active_count()
    table = stress(scenarios.leaks_a_thread, seconds=100, rounds=2)
    assert table["leaked"].error == "forgotten still alive" and table.total == 2
    assert threading.active_count() <= before


def test_an_exception_in_a_thread_is_seen_although_nobody_raised_it_again():
    table = stress(scenarios.raises_in_a_thread, seconds=100, rounds=5)
    assert table["raised"].count == 5
    assert table["raised"].error.startswith("LookupError: no such thing (line ")
    assert table["raised"].error.endswith("of fail), in T1")


def test_output_is_held_back_and_bounded(capfd):
    table = stress(scenarios.prints_without_end, seconds=100, rounds=50)
    assert capfd.readouterr() == ("", "")
    assert table.output.startswith("xxx") and len(table.output) <= 64 * 1024


def test_a_scenario_that_ends_the_process_ends_only_the_child():
    assert stress(scenarios.ends_the_process, seconds=100, rounds=1)["raised"].error.startswith("the process ended")


def test_an_observation_that_is_not_plain_data_is_counted_by_its_text():
    assert stress(scenarios.returns_an_object, seconds=100, rounds=3)[repr(scenarios.Sleepy)].count == 3


def test_many_different_observations_do_not_fill_the_table():
    table = stress(scenarios.returns_something_new_each_time, rounds=3000, seconds=200)
    assert table.total == 3000 and table["further outcomes, counted together"].count > 1000


def test_threads_begin_together():
    table = stress(scenarios.starts_apart, rounds=200, seconds=200)
    assert table[True].count > 100


def test_local_functions_and_lambdas_can_be_stressed():
    limit = 3
    assert stress(lambda: limit + 1, seconds=100, rounds=2)[4].count == 2


def test_random_is_seeded_in_the_child_and_left_alone_here():
    random.seed(5)
    mine = random.getstate()
    tables = [stress(lambda: random.randrange(10**9), seconds=100, rounds=1, seed=seed) for seed in (1, 1, 2)]
    assert list(tables[0]) == list(tables[1]) != list(tables[2])
    assert random.getstate() == mine


def test_nothing_is_left_behind():
    def state():
        gc.collect()
        descriptors = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
        return (
            threading.active_count(),
            descriptors,
            sys.getswitchinterval(),
            threading.gettrace(),
            sys.stdout,
        )

    stress(scenarios.locks_in_opposite_order, seconds=0.1, patience=0.2)
    before = state()
    for scenario in (scenarios.locks_in_opposite_order, scenarios.leaks_a_thread, scenarios.ends_the_process):
        stress(scenario, seconds=0.1, patience=0.2)
    deadline = time.monotonic() + 60
    while state() != before and time.monotonic() < deadline:  # the thread that read the reports is about to end
        time.sleep(0.01)
    assert state() == before


def test_an_interrupt_kills_the_child(monkeypatch):
    started = []
    start = child.start

    def remember(*arguments, **keywords):
        started.append(start(*arguments, **keywords))
        return started[0]

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(child, "start", remember)
    monkeypatch.setattr(MODULE._Stress, "_progress", interrupt)
    with pytest.raises(KeyboardInterrupt):
        stress(scenarios.spins_for_ever, seconds=200)
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)


def test_progress_is_shown_and_wiped_when_it_takes_long(monkeypatch, capsys):
    monkeypatch.setattr(MODULE, "PROGRESS_AFTER", 0.0)
    stress(scenarios.two_sleepy_increments, seconds=0.3)
    text = capsys.readouterr().out
    assert re.search(r"stress two_sleepy_increments: \d+ of 0.3 s", text) and text.endswith("\r")


def test_a_short_run_shows_no_progress(monkeypatch, capsys):
    assert MODULE.PROGRESS_AFTER >= 1
    monkeypatch.setattr(MODULE, "PROGRESS_AFTER", 100.0)  # a machine may be so busy that this run is not short
    stress(scenarios.two_sleepy_increments, seconds=100, rounds=1)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("budget", [{"seconds": 0}, {"seconds": -1}, {"rounds": 0}, {"patience": float("inf")}])
def test_a_budget_that_is_not_positive_is_refused(budget):
    with pytest.raises(ValueError, match="must be"):
        stress(scenarios.two_sleepy_increments, **budget)


class TestWithoutFork:
    @pytest.fixture(autouse=True)
    def no_fork(self, monkeypatch):
        start = child.start
        monkeypatch.setattr(child, "start", lambda scenario, options: start(scenario, options, fork=False))

    def test_a_function_that_can_be_imported_runs_in_a_new_interpreter(self):
        table = stress(scenarios.two_sleepy_increments, rounds=20, seconds=200)
        assert table.total == 20 and set(table) <= {1, 2}

    def test_a_deadlock_there_is_named_too(self):
        table = stress(scenarios.locks_in_opposite_order, seconds=100, rounds=1, patience=1)
        assert "T1 in line" in table["deadlock"].error

    def test_any_other_function_is_refused_with_the_remedy(self):
        with pytest.raises(ValueError, match="put it into a module, at top level"):
            stress(lambda: 1, rounds=1)


def test_a_dump_with_thread_names_of_its_own_is_read():
    dump = 'Thread 0x1f [worker] (most recent call first):\n  File "/nowhere/x.py", line 3 in f\n'
    assert where_threads_are(dump, {}) == ["worker in line 3 of f"]
    assert where_threads_are(dump, {0x1F: "T1"}) == ["T1 in line 3 of f"]
