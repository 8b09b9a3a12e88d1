"""What is older than the check: imported names, module globals, locks already made, classes made again."""

from __future__ import annotations

import queue
import random
import threading
import time
import types
from collections import deque
from concurrent.futures import ThreadPoolExecutor as Pool
from queue import Queue as Q
from queue import SimpleQueue as SQ
from threading import Condition as C
from threading import Event as E
from threading import Lock as L
from threading import RLock as R
from threading import Semaphore as S
from threading import Thread as T
from time import monotonic, perf_counter, sleep
from time import sleep as nap

import pytest

from checker import explore, together

LOCK = L()
RLOCK = R()
CONDITION = C()
SEMAPHORE = S(1)
EVENT = E()
QUEUE = Q()
SIMPLE = SQ()

total = 0
items: list[int] = []
counts: dict[str, int] = {}
seen: set[str] = set()
line: deque[int] = deque()


class Registry:
    names: list[str] = []
    size = 0


registry = Registry()


def observations(scenario, **options):
    exploration = explore(scenario, **options)
    assert exploration.holds, f"{exploration.claim}\n{exploration.outcomes}"
    return [row.observation for row in exploration.outcomes.rows]


def test_names_imported_long_before():
    def scenario():
        start = monotonic(), perf_counter(), time.time()
        lock, answers = L(), Q()

        def work():
            with lock:
                sleep(1800)
                nap(1800)
            answers.put("done")

        thread = T(target=work)
        thread.start()
        answer = answers.get()
        thread.join()
        end = monotonic(), perf_counter(), time.time()
        return answer, [round(b - a, 6) for a, b in zip(start, end, strict=True)]

    assert observations(scenario) == [("done", [3600.0] * 3)]


def hold_for_an_hour(lock):
    with lock:
        sleep(3600)


@pytest.mark.parametrize("lock", [LOCK, RLOCK, CONDITION, SEMAPHORE], ids=["L", "R", "C", "S"])
def test_locks_made_at_module_level(lock):
    def scenario():
        def impatient():
            got = lock.acquire(timeout=60)
            if got:
                lock.release()
            return got

        return together(lambda: hold_for_an_hour(lock), impatient)

    assert sorted(observations(scenario), key=str) == [[None, False], [None, True]]
    assert lock.acquire(False)
    lock.release()


def test_an_event_and_queues_made_at_module_level():
    def scenario():
        def produce():
            QUEUE.put(1)
            SIMPLE.put(2)
            EVENT.set()

        def consume():
            EVENT.wait()
            return QUEUE.get(), SIMPLE.get()

        return together(produce, consume)[1]

    assert observations(scenario) == [(1, 2)]
    assert not EVENT.is_set()
    assert QUEUE.empty() and SIMPLE.empty()


def test_module_globals_start_every_schedule_as_they_were():
    def scenario():
        global total
        total += 1
        items.append(1)
        counts["a"] = counts.get("a", 0) + 1
        seen.add("x")
        line.append(1)
        Registry.names.append("n")
        Registry.size += 1
        registry.size += 1

        def look():
            return LOCK.acquire(timeout=1) and LOCK.release()

        together(look, look)
        return total, items[:], dict(counts), len(seen), len(line), Registry.names[:], Registry.size

    assert observations(scenario) == [(1, [1], {"a": 1}, 1, 1, ["n"], 1)]
    assert (total, items, counts, seen, line) == (0, [], {}, set(), deque())
    assert (Registry.names, Registry.size, vars(registry)) == ([], 0, {})


def test_a_lock_left_locked_is_free_for_the_next_schedule_and_after():
    def scenario():
        def careless():
            return LOCK.acquire(timeout=1)

        return sorted(together(careless, careless))

    assert observations(scenario) == [[False, True]]
    assert not LOCK.locked()


def test_a_lock_held_since_before_the_check():
    lock = L()
    lock.acquire()

    def scenario():
        return together(lambda: lock.acquire(timeout=60), lambda: lock.acquire(blocking=False))

    assert observations(scenario) == [[False, False]]
    exploration = explore(lambda: together(lock.acquire))
    assert exploration.outcome == "deadlock"
    assert lock.locked()
    lock.release()


def test_a_condition_waited_on_before_the_check():
    """A real thread waits; the check uses the same condition, and leaves the waiter alone."""
    condition = C()
    woken = []

    def wait():
        with condition:
            woken.append(condition.wait(200))

    real = T(target=wait)
    real.start()
    while not condition._waiters:
        sleep(0.001)

    def scenario():
        def work():
            with condition:
                return "inside"

        return together(work, work)

    exploration = explore(scenario)
    with condition:
        condition.notify_all()
    real.join()
    assert woken == [True]
    assert exploration.holds, exploration.outcomes


def define(source: str) -> types.SimpleNamespace:
    """What a notebook cell defines when it is run."""
    names = {"__name__": "__main__", "threading": threading, "time": time, "together": together}
    exec(compile(source, "<cell>", "exec"), names)
    return types.SimpleNamespace(**names)


COUNTER = """
class Counter:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def increment(self):
        {body}

def scenario():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value
"""


def test_a_class_defined_again_between_checks():
    for body, results in (
        ("self.value += 1", {1, 2}),
        ("with self.lock: self.value += 1", {2}),
        ("self.value += 2", {2, 4}),
    ):
        cell = define(COUNTER.format(body=body))
        exploration = explore(cell.scenario)
        assert {row.observation for row in exploration.outcomes.rows} == results


def test_a_class_defined_again_in_the_same_namespace():
    names = {"__name__": "__main__", "threading": threading, "together": together}
    found = []
    for body in ("self.value += 1", "with self.lock: self.value += 1"):
        exec(compile(COUNTER.format(body=body), "<cell>", "exec"), names)
        found.append(len(explore(names["scenario"]).outcomes))
    assert found == [2, 1]


class Clocked:
    """Functions written in C are no methods of a class that holds them, whatever stands in for them."""

    now = time.monotonic
    rest = time.sleep
    make = threading.Lock
    ident = threading.get_ident
    chance = random.random

    def __init__(self):
        self.lock = self.make()
        self.value = 0

    def increment(self):
        with self.lock:
            self.value += 1
        self.rest(1)


def test_functions_kept_by_a_class_are_no_methods():
    def scenario():
        clocked = Clocked()
        begin = clocked.now()
        together(clocked.increment, clocked.increment)
        assert 0 <= clocked.chance() < 1 and clocked.ident() == threading.get_ident()
        return clocked.value, round(clocked.now() - begin, 6)

    exploration = explore(scenario)
    assert [row.observation for row in exploration.outcomes.rows] == [(2, 1)]
    assert Clocked.__dict__["now"] is time.monotonic and Clocked.make is threading.Lock


def test_a_method_replaced_between_checks():
    class Counter:
        def __init__(self):
            self.value = 0

        def increment(self):
            self.value += 1

    def scenario():
        counter = Counter()
        together(counter.increment, counter.increment)
        return counter.value

    assert len(explore(scenario).outcomes) == 2
    Counter.increment = lambda self: None
    assert [row.observation for row in explore(scenario).outcomes.rows] == [0]


def test_default_arguments_and_closures_start_as_they_were():
    log = []

    def remember(item, memory=[]):  # noqa: B006
        memory.append(item)
        log.append(item)
        return len(memory), len(log)

    assert (
        observations(lambda: sorted(together(lambda: remember(1), lambda: remember(2)))) == [[(1, 1), (2, 2)]]
        or len(observations(lambda: together(lambda: remember(1), lambda: remember(2)))) > 1
    )
    assert log == []


def test_objects_of_the_answer_made_before_the_check():
    class Counter:
        def __init__(self):
            self.value = 0
            self.lock = L()

        def increment(self):
            with self.lock:
                self.value += 1

    counter = Counter()

    def scenario():
        together(counter.increment, counter.increment)
        return counter.value

    assert observations(scenario) == [2]
    assert counter.value == 0


def test_random_is_the_same_in_every_exploration():
    def scenario():
        def draw():
            sleep(random.random())
            return round(random.random(), 6)

        return together(draw, draw)

    state = random.getstate()
    first = observations(scenario, seed=3)
    assert first == observations(scenario, seed=3)
    assert random.getstate() == state


def test_the_same_seed_gives_the_same_exploration():
    def scenario():
        found = []
        together(lambda: found.append(1), lambda: found.append(2), lambda: found.append(3))
        return found

    first, second = explore(scenario, seed=1), explore(scenario, seed=1)
    assert first.claim == second.claim
    assert [(row.observation, row.count, row.schedule) for row in first.outcomes.rows] == [
        (row.observation, row.count, row.schedule) for row in second.outcomes.rows
    ]


def test_threads_and_pools_that_live_outside_are_left_alone():
    inbox: queue.Queue = queue.Queue()
    answers: queue.Queue = queue.Queue()

    def serve():
        while (item := inbox.get()) is not None:
            answers.put(item * 2)

    server = T(target=serve)
    server.start()
    try:
        with Pool(1) as pool:
            assert pool.submit(pow, 2, 3).result() == 8
            assert explore(lambda: together(lambda: sleep(1), lambda: sleep(1))).holds
            assert pool.submit(pow, 2, 4).result() == 16
        inbox.put(21)
        assert answers.get(timeout=200) == 42
    finally:
        inbox.put(None)
        server.join()


def test_real_time_is_back_after_a_check():
    explore(lambda: together(lambda: sleep(3600)))
    start = monotonic()
    sleep(0.01)
    assert 0.009 < monotonic() - start < 600  # and not 3600
    assert abs(time.time() - time.time_ns() / 1e9) < 600
