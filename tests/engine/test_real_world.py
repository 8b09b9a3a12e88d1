"""The world outside a scenario: its dates follow virtual time, and what waits for it is refused by name, at once."""

from __future__ import annotations

import _thread
import asyncio
import builtins
import datetime
import multiprocessing
import multiprocessing.pool
import os
import pickle
import sched
import select
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from datetime import datetime as DateTime
from os import fork

import pytest

from checker import explore, together
from checker.engine.runtime import Runtime

BETWEEN_PROCESSES = multiprocessing.Lock()


def only_observation(scenario, **options):
    exploration = explore(scenario, **options)
    assert exploration.holds, f"{exploration.claim}\n{exploration.outcomes}"
    (row,) = exploration.outcomes.rows
    return row.observation


# -- dates ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now",
    [
        lambda: DateTime.now(),
        lambda: datetime.datetime.now(),
        lambda: datetime.datetime.now(datetime.UTC),
        lambda: DateTime.today(),
        lambda: DateTime.fromtimestamp(time.time()),
    ],
)
def test_the_date_moves_with_virtual_time(now):
    def scenario():
        before = now()
        together(lambda: time.sleep(3600), lambda: None)
        return round((now() - before).total_seconds(), 3)

    assert only_observation(scenario) == 3600


def test_waiting_for_a_date_comes_to_an_end():
    def scenario():
        end = DateTime.now() + datetime.timedelta(days=1)

        def wait():
            while DateTime.now() < end:
                time.sleep(60)

        together(wait)
        return date.today() >= end.date()

    assert only_observation(scenario) is True


def test_dates_are_of_the_real_classes():
    def scenario():
        now = DateTime.now()
        made = datetime.datetime(2025, 1, 31, 12)
        return (
            isinstance(now, DateTime) and isinstance(now, date) and isinstance(made, datetime.datetime),
            not isinstance(date.today(), DateTime) and issubclass(DateTime, date),
            type(now) is type(made) and repr(made),
            DateTime.strptime("2025-01-31", "%Y-%m-%d") < made < DateTime.max,
            date.fromisoformat("2025-01-31") == made.date(),
        )

    assert only_observation(scenario) == (True, True, "datetime.datetime(2025, 1, 31, 12, 0)", True, True)
    assert type(DateTime.now()) is DateTime is datetime.datetime
    assert pickle.loads(pickle.dumps(made := DateTime.now())) == made


def test_the_other_clocks_agree():
    def scenario():
        before = time.localtime(), time.gmtime(), time.clock_gettime(time.CLOCK_MONOTONIC), time.strftime("%H")
        time.sleep(86400)
        after = time.localtime(), time.gmtime(), time.clock_gettime(time.CLOCK_MONOTONIC), time.strftime("%H")
        return (
            after[0].tm_yday - before[0].tm_yday,
            after[1].tm_yday - before[1].tm_yday,
            round(after[2] - before[2], 6),
            after[3] == before[3],
            time.ctime() == time.asctime(),
            time.strftime("%Y", before[0]) == str(before[0].tm_year),
        )

    assert only_observation(scenario) == (1, 1, 86400, True, True, True)


ELDER = sched.scheduler()


@pytest.mark.parametrize("make", [sched.scheduler, lambda: sched.scheduler(time.monotonic, time.sleep), lambda: ELDER])
def test_a_scheduler_of_events_runs_in_virtual_time(make):
    def scenario():
        done, scheduler, began = [], make(), time.monotonic()
        scheduler.enter(3600, 1, done.append, ("second",))
        scheduler.enter(60, 1, done.append, ("first",))
        together(scheduler.run, lambda: None)
        return done, round(time.monotonic() - began, 6)

    real = time.perf_counter()
    assert only_observation(scenario) == (["first", "second"], 3600)
    assert time.perf_counter() - real < 600  # not an hour


# -- what is refused ------------------------------------------------------------------------------------------------


async def nap():
    await asyncio.sleep(1)


def a_loop_of_its_own():
    asyncio.new_event_loop().run_until_complete(nap())


def a_pool_of_threads_of_multiprocessing():
    with multiprocessing.pool.ThreadPool(2) as pool:
        pool.map(abs, [1, 2])


def a_pool_of_processes():
    with ProcessPoolExecutor(1) as pool:
        pool.submit(abs, 1).result()


def a_lock_between_processes():
    with multiprocessing.Lock():
        pass


def a_lock_between_processes_made_before():
    with BETWEEN_PROCESSES:
        pass


def its_methods():
    BETWEEN_PROCESSES.acquire()
    BETWEEN_PROCESSES.release()


REFUSED = {
    "asyncio.run": lambda: asyncio.run(nap()),
    "asyncio.new_event_loop": a_loop_of_its_own,
    "multiprocessing.pool.ThreadPool": a_pool_of_threads_of_multiprocessing,
    "multiprocessing.Pool": lambda: multiprocessing.Pool(2),
    "multiprocessing.Lock": a_lock_between_processes,
    "multiprocessing.Queue": lambda: multiprocessing.Queue(),
    "multiprocessing.synchronize.SemLock": a_lock_between_processes_made_before,
    "multiprocessing.synchronize.Lock.acquire": its_methods,
    "concurrent.futures.process.ProcessPoolExecutor": a_pool_of_processes,
    "subprocess.run": lambda: subprocess.run(["true"]),
    "os.popen": lambda: os.popen("true"),
    "os.fork": lambda: fork(),
    "os.system": lambda: os.system("true"),
    "os._exit": lambda: os._exit(3),
    "os.pipe": lambda: os.pipe(),
    "select.select": lambda: select.select([], [], [], 1),
    "socket.socketpair": lambda: socket.socketpair(),
    "socket.create_connection": lambda: socket.create_connection(("localhost", 9)),
    "signal.signal": lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN),
    "signal.pause": lambda: signal.pause(),
    "_thread.interrupt_main": lambda: _thread.interrupt_main(),
    "input": lambda: input("Who? "),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("where", ["in the scenario", "in a thread"])
def test_what_waits_for_the_real_world_is_refused_by_name_at_once(name, where, recwarn):
    work = REFUSED[name]

    def scenario():
        try:
            work() if where == "in the scenario" else together(work, work)
        except BaseException:  # must not get past this
            pass

    began = time.perf_counter()
    exploration = explore(scenario, patience=250.0)
    assert exploration.outcome == "raised"
    assert exploration.failure.error.startswith(f"Unsupported: {name}() does not belong in a scenario: ")
    first = work.__code__.co_firstlineno
    assert any(f"(line {first + line}, in " in exploration.failure.error for line in range(3))
    assert time.perf_counter() - began < 200  # not for as long as patience lasts
    assert not [each for each in recwarn if "unclosed" in str(each.message)]


def test_everything_refused_is_given_back():
    names = [(os, "fork"), (socket.socket, "recv"), (subprocess.Popen, "__init__"), (builtins, "input")]
    before = [getattr(holder, name) for holder, name in names]
    explore(lambda: together(lambda: None, a_lock_between_processes_made_before))
    assert [getattr(holder, name) for holder, name in names] == before
    assert "recv" not in vars(socket.socket)
    with BETWEEN_PROCESSES:
        assert not BETWEEN_PROCESSES.acquire(False)
    assert subprocess.run(["true"]).returncode == 0


def test_threads_that_are_not_controlled_may_do_all_that():
    done = []

    def echo(ends):
        ends[0].sendall(ends[0].recv(1))
        done.append(DateTime.now())

    left, right = socket.socketpair()
    thread = threading.Thread(target=echo, args=((left,),))
    thread.start()
    explore(lambda: right.family and together(lambda: time.sleep(1), lambda: None))
    right.sendall(b"x")
    assert right.recv(1) == b"x"
    thread.join()
    left.close()
    right.close()
    assert abs((DateTime.now() - done[0]).total_seconds()) < 60


def threads_come_to(number):
    """Whether there are soon no more than so many; a minute is for a busy machine."""
    until = time.monotonic() + 60
    while _thread._count() > number and time.monotonic() < until:
        time.sleep(0.01)
    return _thread._count() == number


def test_nobody_hands_the_baton_to_who_was_left_for_dead(monkeypatch):
    """Should it come back, it would pass the baton on a second time."""
    read, write = os.pipe()
    given = []
    hand_over = Runtime.hand_over

    def record(rt, chosen):
        if rt.stubborn:
            given.append(chosen.name)
        hand_over(rt, chosen)

    monkeypatch.setattr(Runtime, "hand_over", record)
    before = _thread._count()
    explore(lambda: together(lambda: os.read(read, 1), lambda: None), patience=1.0)
    assert sorted(given) == ["T2", "main"]
    os.write(write, b"x")
    assert threads_come_to(before)
    assert sorted(given) == ["T2", "main"]


def test_a_wait_for_something_real_that_has_no_name_here_ends_the_search():
    read, write = os.pipe()

    def scenario():
        together(lambda: os.read(read, 1), lambda: os.write(write, b"x"))

    began, before = time.perf_counter(), _thread._count()
    exploration = explore(scenario, patience=1.0)
    assert exploration.outcome == "livelock"
    assert "waits for something real" in exploration.failure.note
    assert exploration.schedules == 1
    assert time.perf_counter() - began < 200
    assert threads_come_to(before + 1)  # the reader; those that wait for their turn end
    os.write(write, b"x")  # lets the thread go that could not be ended
    os.close(write)
    assert threads_come_to(before)
