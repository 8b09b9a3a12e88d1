"""Condition, Semaphore, Event, Barrier, Timer and local: real against controlled."""

from __future__ import annotations

import time
from threading import (
    Barrier,
    BoundedSemaphore,
    BrokenBarrierError,
    Condition,
    Event,
    Lock,
    RLock,
    Semaphore,
    Thread,
    Timer,
    local,
)

import pytest
from sameness import assert_same, told, waited

from checker import explore

TIMEOUTS = [0.01, 0, -1, -0.5, float("nan"), False, "1"]


def run(*callables):
    threads = [Thread(target=each) for each in callables]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# Condition


@pytest.mark.parametrize("make", [lambda: None, Lock, RLock], ids=["default", "Lock", "RLock"])
def test_condition_without_its_lock(make):
    def case():
        condition = Condition(make())
        return [
            told(call)
            for call in (
                condition.wait,
                condition.notify,
                condition.notify_all,
                condition.release,
                lambda: condition.wait_for(lambda: True),
                lambda: condition.wait_for(lambda: False),
            )
        ]

    assert_same(case)


@pytest.mark.parametrize("timeout", TIMEOUTS, ids=str)
def test_condition_wait_times_out(timeout):
    seconds = timeout if timeout == 0.01 else 0

    def case():
        condition = Condition()
        with condition:
            result = waited(seconds, condition.wait, timeout)
            return result, told(condition.wait, timeout=timeout), condition.notify()

    assert_same(case)


@pytest.mark.parametrize("timeout", [t for t in TIMEOUTS if t == t], ids=str)  # NaN loops for ever
def test_condition_wait_for_times_out(timeout):
    def case():
        condition = Condition()
        with condition:
            return told(condition.wait_for, lambda: 0, timeout), told(condition.wait_for, lambda: "yes", timeout)

    assert_same(case)


def test_condition_wait_is_told():
    def case():
        condition = Condition()
        state, told_to = [], []

        def wait():
            with condition:
                while not state:
                    told_to.append(condition.wait(60))

        def tell():
            with condition:
                state.append(1)
                condition.notify(2)

        run(wait, tell)
        return set(told_to) <= {True}

    assert_same(case)


def test_condition_gives_back_a_lock_taken_twice():
    def case():
        condition = Condition(RLock())
        seen = []

        def wait():
            with condition, condition:
                while not seen:
                    condition.wait()
                seen.append(told(condition.notify))
            seen.append(told(condition.notify))

        def tell():
            with condition:
                seen.append("told")
                condition.notify_all()

        run(wait, tell)
        return seen

    assert_same(case)


def test_condition_wakes_in_order_and_only_so_many():
    def case():
        condition = Condition()
        order = []

        def wait(number):
            with condition:
                condition.wait()
                order.append(number)

        threads = [Thread(target=wait, args=(number,)) for number in (1, 2)]
        for count, thread in enumerate(threads, 1):
            thread.start()
            while len(condition._waiters) < count:
                time.sleep(0.001)
        waiting = []
        for thread in threads:
            with condition:
                condition.notify()
                waiting.append(len(condition._waiters))
            thread.join()
        return order, waiting

    assert_same(case)


def test_condition_on_somebody_elses_lock():
    class Mine:
        """A lock with nothing but acquire and release."""

        def __init__(self):
            self.lock = Lock()

        def acquire(self, *args):
            return self.lock.acquire(*args)

        def release(self):
            self.lock.release()

        __enter__ = acquire

        def __exit__(self, *exc):
            self.release()

    def case():
        condition = Condition(Mine())
        without = told(condition.notify)
        with condition:
            return without, condition.wait(0.01), told(condition.notify)

    assert_same(case)


# Semaphore


@pytest.mark.parametrize("make", [Semaphore, BoundedSemaphore], ids=["Semaphore", "BoundedSemaphore"])
def test_semaphore(make):
    def case():
        semaphore = make(1)
        return [
            told(make, -1),
            told(make, "1"),
            told(semaphore.acquire, False, 0.1),
            told(semaphore.acquire, blocking=False, timeout=0),
            told(semaphore.acquire, blocking=False),
            told(semaphore.acquire, blocking=False),
            waited(0.01, semaphore.acquire, timeout=0.01),
            told(semaphore.acquire, timeout=0),
            told(semaphore.acquire, timeout=-1),
            told(semaphore.acquire, True, -0.5),
            told(semaphore.acquire, timeout="1"),
            told(semaphore.release, 0),
            told(semaphore.release, -1),
            told(semaphore.release, 2),
            told(semaphore.release),
            told(semaphore.release),
            told(semaphore.acquire, False),
        ]

    assert_same(case)


def test_semaphore_lets_waiters_in():
    def case():
        semaphore = Semaphore(0)
        got = []
        run(
            lambda: got.append(semaphore.acquire()),
            lambda: got.append(semaphore.acquire(timeout=60)),
            lambda: semaphore.release(2),
        )
        return got

    assert_same(case)


def test_semaphore_as_a_context():
    def case():
        semaphore = BoundedSemaphore()
        with semaphore as entered:
            inside = semaphore.acquire(blocking=False)
        return entered, inside, told(semaphore.release)

    assert_same(case)


# Event


@pytest.mark.parametrize("timeout", TIMEOUTS, ids=str)
def test_event_wait(timeout):
    seconds = timeout if timeout == 0.01 else 0

    def case():
        event = Event()
        early = waited(seconds, event.wait, timeout)
        event.set()
        late = told(event.wait, timeout), event.is_set()
        event.clear()
        return early, late, event.is_set(), told(event.wait, timeout=timeout)

    assert_same(case)


def test_event_frees_all_waiters():
    def case():
        event = Event()
        got = []
        run(lambda: got.append(event.wait()), lambda: got.append(event.wait(60)), event.set)
        return got, event.wait(), event.set(), event.clear()

    assert_same(case)


# Barrier


def test_barrier():
    def case():
        rounds = []
        barrier = Barrier(2, action=lambda: rounds.append("action"))
        numbers = []
        run(lambda: numbers.append(barrier.wait()), lambda: numbers.append(barrier.wait(60)))
        return sorted(numbers), rounds, barrier.parties, barrier.n_waiting, barrier.broken

    assert_same(case)


def test_barrier_times_out_and_is_reset():
    def case():
        barrier = Barrier(2, timeout=0.01)
        first = waited(0.01, barrier.wait)
        broken = barrier.broken
        second = told(barrier.wait)
        barrier.reset()
        return first, broken, second, barrier.broken, told(barrier.wait, 0), told(barrier.wait, timeout=-1)

    assert_same(case)


def test_barrier_aborted():
    def case():
        barrier = Barrier(2)
        barrier.abort()
        return barrier.broken, told(barrier.wait), issubclass(BrokenBarrierError, RuntimeError)

    assert_same(case)


def test_barrier_abort_and_reset_free_a_waiter():
    def case():
        seen = []
        for end in (Barrier.abort, Barrier.reset):
            barrier = Barrier(2)
            thread = Thread(target=lambda barrier=barrier: seen.append(told(barrier.wait)))
            thread.start()
            while not barrier.n_waiting:
                time.sleep(0.001)
            end(barrier)
            thread.join()
        return seen

    assert_same(case)


def test_barrier_whose_action_raises():
    def case():
        barrier = Barrier(1, action=lambda: {}["action"])
        return told(barrier.wait), barrier.broken, told(barrier.wait)

    assert_same(case)


def test_barrier_of_one_and_of_none():
    assert_same(lambda: (Barrier(1).wait(), told(lambda: Barrier(0).parties)))


# Timer


def test_timer():
    def case():
        seen = []
        timer = Timer(0.01, seen.append, args=["fired"])
        before = timer.interval, timer.finished.is_set(), timer.is_alive(), timer.daemon
        timer.start()
        timer.join()
        return before, seen, timer.finished.is_set(), timer.is_alive(), told(timer.start)

    assert_same(case)


def test_timer_cancelled():
    def case():
        seen = []
        timer = Timer(60, seen.append, kwargs={"missing": 1})
        timer.start()
        timer.cancel()
        timer.join()
        early = Timer(0, seen.append, args=["never"])
        early.cancel()
        early.start()
        early.join()
        return seen, isinstance(timer, Timer), isinstance(timer, Thread), timer.cancel()

    assert_same(case)


def test_timer_negative_interval():
    def case():
        seen = []
        timer = Timer(-1, lambda: seen.append("fired"))
        timer.start()
        timer.join()
        return seen

    assert_same(case)


# local


def test_local():
    class Mine(local):
        shared = []

        def __init__(self, start):
            self.value = start

    def case():
        plain, mine = local(), Mine(5)
        plain.value = "main"
        mine.value += 1
        seen = []

        def look():
            seen.append(told(lambda: plain.value))
            seen.append(mine.value)
            plain.value = "other"
            seen.append(plain.__dict__)
            del plain.value
            seen.append(told(lambda: plain.value))
            mine.shared.append(1)

        run(look)
        found = seen, plain.value, mine.value, vars(plain), len(mine.shared)
        mine.shared.clear()
        return found

    assert_same(case)


def test_local_takes_no_arguments():
    assert_same(lambda: told(local, 1))


def test_local_is_gone_with_its_thread():
    def case():
        mine = local()

        def set_it():
            mine.value = 1

        run(set_it)
        seen = []
        run(lambda: seen.append(hasattr(mine, "value")))
        return seen

    assert_same(case)


# Exact in virtual time


def test_an_hour_passes_exactly():
    def hours():
        seen = []
        for wait in (
            lambda: Lock().acquire() and time.sleep(3600),
            lambda: Event().wait(3600),
            lambda: Semaphore(0).acquire(timeout=3600),
            lambda: told(Barrier(2).wait, 3600),
            lambda: run(lambda: time.sleep(3600)),
            lambda: run(*[lambda: time.sleep(1800)] * 3) or time.sleep(1800),
        ):
            start = time.monotonic()
            wait()
            seen.append(round(time.monotonic() - start, 6))
        return seen

    exploration = explore(hours)
    assert [row.observation for row in exploration.outcomes.rows] == [[3600.0] * 6], exploration.outcomes
    assert exploration.seconds < 600  # of 21,600 virtual ones
