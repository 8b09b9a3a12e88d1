"""Sleeping is no synchronisation: with `delays=True` a slow thread is one more possibility."""

from __future__ import annotations

import threading
import time
from threading import Event, Lock

from checker import together

from .label import fails, holds


def wait_by_sleeping():
    box = {"value": None}

    def write():
        time.sleep(0.1)
        box["value"] = 1

    def read():
        time.sleep(0.2)
        return box["value"]

    return together(write, read)[1]


@fails("finished", expect=1, delays=True)
def slept_a_little_longer():
    return wait_by_sleeping()


@holds(1)
def slept_a_little_longer_in_exact_time():
    return wait_by_sleeping()


@holds(1, delays=True)
def waited_for_an_event():
    box = {"value": None}
    written = Event()

    def write():
        time.sleep(0.1)
        box["value"] = 1
        written.set()

    def read():
        written.wait()
        return box["value"]

    return together(write, read)[1]


@fails("finished", expect=["ready"], delays=True)
def started_and_slept_in_place_of_join():
    log = []
    thread = threading.Thread(target=log.append, args=("ready",), daemon=True)
    thread.start()
    time.sleep(1)
    return log


@holds(["ready"], delays=True)
def started_and_joined():
    log = []
    thread = threading.Thread(target=log.append, args=("ready",), daemon=True)
    thread.start()
    thread.join()
    return log


@fails("finished", expect=2, delays=True)
def turns_by_the_clock():
    total = 0

    def add(start):
        nonlocal total
        time.sleep(start)
        total += 1

    together(lambda: add(0), lambda: add(1))
    return total


@holds(2, delays=True)
def sleeping_inside_the_lock():
    total = 0
    lock = Lock()

    def add():
        nonlocal total
        with lock:
            seen = total
            time.sleep(0.1)
            total = seen + 1

    together(add, add)
    return total


@fails("finished", expect=2)
def sleeping_between_read_and_write():
    total = 0

    def add():
        nonlocal total
        seen = total
        time.sleep(0)
        total = seen + 1

    together(add, add)
    return total


@holds("done", delays=True)
def polled_until_it_is_true():
    state = {"done": False}

    def work():
        time.sleep(0.3)
        state["done"] = True

    def poll():
        while not state["done"]:
            time.sleep(0.1)
        return "done"

    return together(work, poll)[1]


@fails("finished", expect="on time", delays=True)
def lease_trusted_after_it_ran_out():
    """A lock that is taken away after a second; its slow holder writes all the same."""
    lease = {"owner": None, "until": 0.0}
    written = []

    def take(name):
        if time.monotonic() >= lease["until"]:
            lease.update(owner=name, until=time.monotonic() + 1)
            return True
        return False

    def first():
        if take("first"):
            time.sleep(0.5)
            written.append((lease["owner"], "first"))

    def second():
        time.sleep(1.5)
        if take("second"):
            written.append((lease["owner"], "second"))

    together(first, second)
    return "on time" if all(owner == writer for owner, writer in written) else "late"
