"""Whatever a scenario does, it is judged, and the process goes on as if it had never run."""

from __future__ import annotations

import builtins
import gc
import os
import queue
import random
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from checker import CheckFailed, check, explore, together
from checker.search import explorer

# -- what can go wrong ----------------------------------------------------------------------------------------------


def deadlock():
    a, b = threading.Lock(), threading.Lock()

    def take(first, second):
        with first:
            with second:
                pass

    together(lambda: take(a, b), lambda: take(b, a))


def self_deadlock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def livelock():
    done = []

    def spin():
        while not done:
            pass

    together(spin)


def sleeping_for_ever():
    def poll():
        while True:
            time.sleep(1)

    together(poll)


def infinite_loop_without_shared_state():
    def spin():
        number = 0
        while True:
            number += 1

    together(spin, spin)


def infinite_loop_in_the_scenario_itself():
    while True:
        pass


def error_in_a_thread():
    thread = threading.Thread(target=lambda: {}["missing"])
    thread.start()
    thread.join()


def error_in_the_scenario():
    thread = threading.Thread(target=threading.Event().wait)
    thread.start()
    raise ValueError("with a thread still waiting")


def exit_in_a_thread():
    thread = threading.Thread(target=sys.exit)
    thread.start()
    thread.join()


def exit_in_the_scenario():
    threading.Thread(target=threading.Event().wait).start()
    sys.exit(3)


def keyboard_interrupt_raised():
    def interrupt():
        raise KeyboardInterrupt

    together(interrupt)


def generator_left_open():
    lock = threading.Lock()

    def hold():
        with lock:
            yield 1
            yield 2

    def use():
        for _ in hold():
            break
        open_ones.append(hold())
        next(open_ones[-1])

    open_ones: list[Any] = []
    together(use, lambda: None)


def swallows_everything():
    def stubborn():
        while True:
            try:
                while True:
                    time.sleep(1)
            except BaseException:
                pass

    threading.Thread(target=stubborn).start()


def swallows_everything_in_a_bare_except():
    lock = threading.Lock()
    lock.acquire()

    def stubborn():
        while True:
            try:
                lock.acquire()
            except:  # noqa: E722
                continue

    together(stubborn)


def from_text(text):
    """A function of which this Python may warn (PEP 765, from 3.14 on), and here a warning is an error."""
    space = {"time": time, "__name__": __name__}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        exec(compile(text, __file__, "exec"), space)
    return space["stubborn"]


stubborn_in_finally = from_text("""
def stubborn():
    while True:
        try:
            time.sleep(1)
        finally:
            continue
""")


def swallows_everything_in_finally():
    together(stubborn_in_finally)


def swallows_everything_in_a_context_manager():
    class Quiet:
        def __enter__(self):
            return self

        def __exit__(self, *exc):
            return True

    def stubborn():
        while True:
            with Quiet():
                time.sleep(1)

    together(stubborn)


def a_million_prints():
    def chatter():
        for number in range(500_000):
            print(number)

    together(chatter, chatter)


def prints_flushed():
    together(*[lambda: print("hello", flush=True)] * 2)
    sys.stderr.write("and errors\n")


def deep_recursion():
    def down(number):
        return down(number + 1)

    together(lambda: down(0))


def deep_recursion_that_ends():
    def down(number):
        return number and down(number - 1) + 1

    return together(lambda: down(500), lambda: down(500))


def leaked_thread():
    threading.Thread(target=threading.Event().wait).start()


def daemon_thread_left():
    threading.Thread(target=threading.Event().wait, daemon=True).start()


def many_threads():
    threads = [threading.Thread(target=lambda: None) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def tracing_switched_off():
    def work():
        sys.settrace(None)
        sys.setprofile(None)

    together(work, work)


def queue_left_full():
    inbox: queue.Queue = queue.Queue(1)
    together(lambda: inbox.put(1), lambda: inbox.put(2))


def lock_held_at_the_end():
    lock = threading.RLock()
    together(lock.acquire)


def object_with_a_destructor_that_locks():
    lock = threading.Lock()

    class Resource:
        def __del__(self):
            with lock:
                pass

    def use():
        resource = Resource()
        lock.acquire()
        del resource  # waits for a lock that its own thread holds

    together(use)


#: Each with the outcomes it may have.
TROUBLES: list[tuple[Callable[[], Any], set[str]]] = [
    (deadlock, {"deadlock"}),
    (self_deadlock, {"deadlock"}),
    (livelock, {"livelock"}),
    (sleeping_for_ever, {"livelock"}),
    (infinite_loop_without_shared_state, {"livelock"}),
    (infinite_loop_in_the_scenario_itself, {"livelock"}),
    (error_in_a_thread, {"raised"}),
    (error_in_the_scenario, {"raised"}),
    (exit_in_a_thread, {"finished"}),
    (exit_in_the_scenario, {"raised"}),
    (keyboard_interrupt_raised, {"raised"}),
    (generator_left_open, {"finished"}),
    (swallows_everything, {"leaked"}),
    (swallows_everything_in_a_bare_except, {"deadlock"}),
    (swallows_everything_in_finally, {"livelock"}),
    (swallows_everything_in_a_context_manager, {"livelock"}),
    (prints_flushed, {"finished"}),
    (deep_recursion, {"raised"}),
    (deep_recursion_that_ends, {"finished"}),
    (leaked_thread, {"leaked"}),
    (daemon_thread_left, {"finished"}),
    (many_threads, {"finished"}),
    (tracing_switched_off, {"finished"}),
    (queue_left_full, {"deadlock"}),
    (lock_held_at_the_end, {"finished"}),
    (object_with_a_destructor_that_locks, {"deadlock"}),
]

BUDGET = {"schedules": 30, "seconds": 2.0, "patience": 0.5}
#: For what must be judged by what it does: no machine is so slow that it is ended by the clock.
AMPLE = {"schedules": 30, "seconds": 200.0, "patience": 100.0}


# -- the state of the process ---------------------------------------------------------------------------------------

WATCHED = (threading, time, queue, random, sys, builtins, threading.Thread, threading.Condition)


def state() -> dict[str, Any]:
    """Everything that a check might leave behind."""
    names = {
        (getattr(holder, "__name__", "?"), name): id(value)
        for holder in WATCHED
        for name, value in vars(holder).items()
        if callable(value) and not name.startswith("__") and not name.startswith("last_")
    }
    return {
        "threads": {thread.name for thread in threading.enumerate() if not thread.name.startswith("pytest_timeout")},
        "names": names,
        "trace": (sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, sys.stdout, sys.stderr),
        "random": random.getstate(),
        "interval": sys.getswitchinterval(),
        "limit": sys.getrecursionlimit(),
        "handlers": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM)],
        "directory": os.getcwd(),
    }


def os_threads() -> int:
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else threading.active_count()


def settled(count: int, seconds: float = 60.0) -> int:
    """The number of OS threads, once the last ones have had time to leave."""
    end = time.monotonic() + seconds
    while os_threads() > count and time.monotonic() < end:
        time.sleep(0.01)
    return os_threads()


@pytest.fixture(autouse=True)
def nothing_left_behind():
    before, count = state(), os_threads()
    yield
    after = state()
    for part, value in before.items():
        assert after[part] == value, f"{part} changed"
    assert settled(count) <= count


# -- the tests ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble, outcomes", TROUBLES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_trouble_is_judged(trouble, outcomes):
    budget = BUDGET if "livelock" in outcomes else AMPLE
    start = time.process_time()
    exploration = explore(trouble, **budget)
    assert exploration.outcome in outcomes, f"{exploration.claim}\n{exploration.outcomes}"
    assert time.process_time() - start < 20


def test_a_loop_that_never_comes_back_to_the_scenario():
    """Held up inside C and code of the library: ended by the bound in real seconds."""

    def scenario():
        together(lambda: sum(iter(random.SystemRandom().random, 2)))

    start = time.process_time()
    exploration = explore(scenario, **BUDGET)
    assert exploration.outcome == "livelock"
    assert exploration.failure is not None and exploration.failure.note
    assert time.process_time() - start < 20


@pytest.mark.slow
def test_a_million_prints(capfd):
    start = time.process_time()
    exploration = explore(a_million_prints, schedules=2, seconds=5, patience=60)
    captured = capfd.readouterr()
    assert exploration.outcome in ("finished", "livelock")
    assert len(captured.out) + len(captured.err) < 200_000
    assert time.process_time() - start < 60


def test_output_is_held_back_until_the_end(capsys):
    with pytest.raises(CheckFailed) as failure:
        check(lambda: together(lambda: print("from a thread")), expect="something else")
    printed = capsys.readouterr().out + str(failure.value)
    assert printed.count("from a thread") <= 3


@pytest.mark.slow
def test_a_hundred_checks_in_one_process():
    brief = {"schedules": 5, "seconds": 1.0, "patience": 0.1}
    for trouble, _ in TROUBLES:
        explore(trouble, **brief)
    gc.collect()
    before, count, memory = state(), os_threads(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    quick = [trouble for trouble, _ in TROUBLES if "infinite" not in trouble.__name__]
    objects = len(gc.get_objects())
    for number in range(100):
        explore(quick[number % len(quick)], **brief)
    gc.collect()
    assert state() == before
    assert settled(count) <= count
    assert len(gc.get_objects()) < objects * 1.2 + 5000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < memory + 100_000  # kibibytes


def racing():
    total = 0

    def add():
        nonlocal total
        total += 1

    together(add, add)
    return total


def test_with_a_trace_function_active():
    lines = []

    def trace(frame, event, arg):
        lines.append(event)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        exploration = explore(racing)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is trace
    assert {row.observation for row in exploration.outcomes.rows} == {1, 2}
    assert lines


def test_with_a_profile_function_active():
    events = []

    def profile(frame, event, arg):
        events.append(event)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        exploration = explore(racing)
        after = sys.getprofile()
    finally:
        sys.setprofile(before)
    assert after is profile
    assert {row.observation for row in exploration.outcomes.rows} == {1, 2}


def test_with_tracing_of_all_new_threads_active():
    before = threading.gettrace()
    threading.settrace(lambda frame, event, arg: None)
    try:
        exploration = explore(racing)
    finally:
        threading.settrace(before)  # type: ignore[arg-type]
    assert len(exploration.outcomes) == 2


def test_under_coverage(tmp_path):
    """In a process of its own, since coverage may be running this very test."""
    import subprocess

    script = tmp_path / "racing.py"
    script.write_text(
        "from checker import explore, together\n"
        "class Counter:\n"
        "    value = 0\n"
        "    def increment(self):\n"
        "        self.value += 1\n"
        "def racing():\n"
        "    counter = Counter()\n"
        "    together(counter.increment, counter.increment)\n"
        "    return counter.value\n"
        "print(sorted(row.observation for row in explore(racing).outcomes.rows))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-m", "coverage", "run", f"--data-file={tmp_path / 'data'}", str(script)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert done.stdout.strip() == "[1, 2]", done.stdout + done.stderr


def endless_search():
    """So many schedules that it takes the whole budget."""
    box = [0]

    def work():
        for _ in range(20):
            box[0] += 1

    together(work, work, work)
    return "done"


def sleeping_and_counting_for_ever():
    """No round is like the one before, so that only the budget of steps ends it."""

    def count():
        number = 0
        while True:
            time.sleep(1)
            number += 1

    together(count)


SLOW = [endless_search, sleeping_and_counting_for_ever, infinite_loop_in_the_scenario_itself]


@pytest.mark.parametrize("scenario", SLOW)
def test_keyboard_interrupt_stops_a_check_at_once(scenario):
    before = signal.signal(signal.SIGALRM, lambda number, frame: signal.raise_signal(signal.SIGINT))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        start = time.process_time()
        with pytest.raises(KeyboardInterrupt):
            explore(scenario, seconds=1000, schedules=10**9, patience=1000)
        assert time.process_time() - start < 5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert {row.observation for row in explore(racing).outcomes.rows} == {1, 2}


def test_a_check_inside_a_scenario_is_refused():
    exploration = explore(lambda: explore(racing).schedules)
    assert exploration.outcome in ("raised", "finished")


def test_a_check_from_another_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(explore(racing)))
    thread.start()
    thread.join()
    assert {row.observation for row in found[0].outcomes.rows} == {1, 2}


def test_two_checks_at_once_from_two_threads():
    """One after the other, or the second is refused; never mixed up."""
    found: list[Any] = []

    def run():
        try:
            found.append({row.observation for row in explore(racing).outcomes.rows})
        except RuntimeError as error:
            found.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == {1, 2} or isinstance(result, str) for result in found)
    assert {1, 2} in found


def test_bad_arguments():
    with pytest.raises(TypeError):
        explore(5)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        explore(racing, search="luck")
    with pytest.raises(ValueError):
        explore(racing, replay="no schedule at all")


def test_an_interruption_in_a_destructor_is_not_lost():
    class Interrupted:
        def __del__(self):
            raise KeyboardInterrupt

    def observed(execution):
        Interrupted()  # as if Ctrl-C came while an object is being collected
        return True

    with pytest.raises(KeyboardInterrupt):
        explorer.explore_scenario(racing, allowed=observed)
    assert {row.observation for row in explore(racing).outcomes.rows} == {1, 2}


def test_classes_made_in_executions_are_not_kept():
    def a_class_in_each():
        class OfOneExecution:
            def __init__(self):
                self.items = []

            def add(self):
                for _ in self.items:
                    pass
                self.items += [self]

        one = OfOneExecution()
        together(one.add, one.add)
        return isinstance(one, list), len(one.items)

    found = explore(a_class_in_each)
    assert found.schedules > 1
    gc.collect()
    kept = [each for each in gc.get_objects() if isinstance(each, type) and each.__name__ == "OfOneExecution"]
    assert not kept
