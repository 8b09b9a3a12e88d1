"""acquire(): its return value, its timeouts, and releasing exactly once."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from threading import Lock, RLock
from time import monotonic, sleep

from checker import together

from .label import fails, holds


def hold(lock, seconds):
    """Hold the lock for some seconds."""
    with lock:
        sleep(seconds)


@fails("raised", expect=None)
def refusal_ignored():
    lock = Lock()

    def careless():
        lock.acquire(timeout=0.1)
        sleep(0.1)
        lock.release()  # releases what the other holds, or what nobody holds

    together(lambda: hold(lock, 1.0), careless)


@holds([None, True])
def refusal_respected():
    lock = Lock()

    def careful():
        if lock.acquire(timeout=0.1):
            lock.release()
        return True

    return together(lambda: hold(lock, 1.0), careful)


@fails("finished", expect=2)
def work_done_without_the_lock():
    lock = Lock()
    total = 0

    def add():
        nonlocal total
        got = lock.acquire(blocking=False)
        total += 1
        if got:
            lock.release()

    together(add, add)
    return total


@holds(lambda seen: seen in ((2, 0), (1, 1)))
def work_skipped_without_the_lock():
    lock = Lock()
    done, skipped = [], []

    def add():
        if not lock.acquire(blocking=False):
            skipped.append(1)
            return
        try:
            done.append(1)
        finally:
            lock.release()

    together(add, add)
    return len(done), len(skipped)


@holds((True, 0.5))
def timeout_long_enough():
    lock = Lock()
    lock.acquire()

    def wait():
        start = monotonic()
        got = lock.acquire(timeout=1.0)
        return got, round(monotonic() - start, 6)

    def free():
        sleep(0.5)
        lock.release()

    return together(wait, free)[0]


@fails("finished", expect=True)
def timeout_too_short():
    lock = Lock()
    lock.acquire()

    def free():
        sleep(0.5)
        lock.release()

    return together(lambda: lock.acquire(timeout=0.4), free)[0]


@holds(False)
def an_hour_of_waiting_costs_nothing():
    lock = Lock()
    lock.acquire()
    return together(lambda: lock.acquire(timeout=3600))[0]


def acquire_all(locks, seconds_left) -> bool:
    """Take all or none; `seconds_left()` says how long to wait for the next."""
    taken = []
    for lock in locks:
        if not lock.acquire(timeout=seconds_left()):
            for other in reversed(taken):
                other.release()
            return False
        taken.append(lock)
    return True


def budget(seconds):
    end = time.monotonic() + seconds
    return lambda: max(0.0, end - time.monotonic())


def time_to_acquire_all(seconds_left):
    first, second = Lock(), Lock()
    first.acquire()
    second.acquire()

    def free(lock, after):
        sleep(after)
        lock.release()

    def take():
        start = time.monotonic()
        got = acquire_all([first, second], seconds_left())
        return got, round(time.monotonic() - start, 6)

    return together(take, lambda: free(first, 0.8), lambda: free(second, 1.5))[0]


@holds((False, 1.0))
def one_deadline_for_all():
    return time_to_acquire_all(lambda: budget(1.0))


@fails("finished", expect=(False, 1.0))
def the_timeout_again_for_each():
    return time_to_acquire_all(lambda: lambda: 1.0)


@fails("raised", expect=[None, False])
def negative_remainder():
    lock = Lock()

    def late():
        end = time.monotonic() + 0.1
        sleep(0.3)
        return lock.acquire(timeout=end - time.monotonic())

    return together(lambda: hold(lock, 1.0), late)


def retry(lock, attempts, pause_after_the_last):
    for attempt in range(attempts):
        if lock.acquire(blocking=False):
            return attempt + 1
        if attempt < attempts - 1 or pause_after_the_last:
            sleep(0.1 * 2**attempt)
    return 0


def time_to_give_up(pause_after_the_last):
    lock = Lock()
    lock.acquire()

    def give_up():
        start = monotonic()
        return retry(lock, 3, pause_after_the_last), round(monotonic() - start, 6)

    return together(give_up)[0]


@holds((0, 0.3))
def retry_with_backoff():
    return time_to_give_up(pause_after_the_last=False)


@fails("finished", expect=(0, 0.3))
def retry_sleeps_after_the_last_try():
    return time_to_give_up(pause_after_the_last=True)


@holds(lambda tries: 1 <= tries <= 10)
def retry_with_jitter():
    lock = Lock()

    def patient():
        for attempt in range(10):
            if lock.acquire(blocking=False):
                lock.release()
                return attempt + 1
            sleep(random.uniform(0.1, 0.2))
        return 0

    return together(lambda: hold(lock, 0.5), patient)[1]


@fails("raised", expect=None)
def released_twice():
    lock = Lock()

    def twice():
        lock.acquire()
        lock.release()
        lock.release()

    together(twice)


@fails("raised", expect=None)
def released_twice_on_one_path():
    lock = Lock()
    items = []

    def take():
        lock.acquire()
        try:
            if not items:
                lock.release()
                return
            items.pop()
        finally:
            lock.release()

    def put():
        with lock:
            items.append(1)

    together(take, put)


@holds("sent")
def lock_released_by_another_thread():
    gate = Lock()
    gate.acquire()
    box = []

    def sender():
        box.append("sent")
        gate.release()

    def receiver():
        gate.acquire()
        return box[0]

    return together(receiver, sender)[0]


@fails("raised", expect=None)
def rlock_released_by_another_thread():
    lock = RLock()
    lock.acquire()
    together(lock.release)


@contextmanager
def held(lock):
    lock.acquire()
    yield
    lock.release()  # not reached if the body raises


@contextmanager
def held_safely(lock):
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def use_after_an_error(lock, manager):
    try:
        with manager(lock):
            raise ValueError
    except ValueError:
        pass
    with lock:
        return "used"


@fails("deadlock", expect=["used", "used"])
def not_released_on_error():
    lock = Lock()
    return together(lambda: use_after_an_error(lock, held), lambda: use_after_an_error(lock, held))


@holds(["used", "used"])
def released_on_error():
    lock = Lock()
    return together(lambda: use_after_an_error(lock, held_safely), lambda: use_after_an_error(lock, held_safely))


@fails("finished", expect=[0.0, 0.0])
def looked_at_then_waited_for():
    lock = Lock()

    def poke():
        start = monotonic()
        if not lock.locked():
            hold(lock, 1.0)
            return round(monotonic() - start - 1.0, 6)
        return 0.0

    return together(poke, poke)


@holds([0.0, 0.0])
def tried_without_waiting():
    lock = Lock()

    def poke():
        start = monotonic()
        if lock.acquire(blocking=False):
            sleep(1.0)
            lock.release()
            return round(monotonic() - start - 1.0, 6)
        return round(monotonic() - start, 6)

    return together(poke, poke)


@fails("finished", expect="ended by A")
def the_lock_is_free_during_the_work():
    lock = Lock()
    state = {"owner": ""}

    def work(name):
        with lock:
            state["owner"] = name
        with lock:
            return f"ended by {state['owner']}"

    return together(lambda: work("A"), lambda: work("B"))[0]
