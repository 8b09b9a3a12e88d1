"""OS threads serve one execution after another; what they did in one must not show in the next."""

from __future__ import annotations

import contextvars
import gc
import os
import sys
import threading
import time

import pytest

from checker import explore, together
from checker.engine.crew import Crew

DATA = threading.local()
ROUND = contextvars.ContextVar("ROUND", default=0)


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


def racing_with(look):
    """A scenario with more than one schedule, each thread of which also looks at what it was left."""

    def scenario():
        counter = Counter()

        def work():
            seen = look()
            counter.increment()
            return seen

        return [look(), *together(work, work)]

    return scenario


def look_at_thread_local_data():
    before = getattr(DATA, "seen", 0)
    DATA.seen = before + 1
    return before


def look_at_the_context():
    before = ROUND.get()
    ROUND.set(before + 1)
    return before


def look_at_the_trace_functions():
    before = sys.gettrace() is not None, sys.getprofile() is not None
    sys.settrace(lambda *_: None)
    sys.setprofile(lambda *_: None)
    return before


@pytest.mark.parametrize("look", [look_at_thread_local_data, look_at_the_context, look_at_the_trace_functions])
def test_a_thread_finds_nothing_of_the_execution_before(look):
    found = explore(racing_with(look), search="dpor")
    assert found.schedules > 2
    assert [row.label for row in found.outcomes.rows] == [repr([_new(look)] * 3)]


def _new(look):
    """What a thread sees that has just been started."""
    seen = []
    thread = threading.Thread(target=lambda: seen.append(look()))
    thread.start()
    thread.join()
    return seen[0]


def test_threads_are_used_again_and_gone_when_the_crew_is_dismissed():
    def alive():
        return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else threading.active_count()

    gc.collect()
    before = alive()
    crew, done = Crew(), threading.Semaphore(0)
    idents = set()
    for _ in range(5):
        workers = [crew.take(done.release) for _ in range(3)]
        for worker in workers:
            worker.gate.release()
        for _ in workers:
            done.acquire()
        idents |= {worker.ident for worker in workers}
        crew.rest()
    assert len(idents) == 3
    crew.dismiss()
    deadline = time.monotonic() + 10
    while alive() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert alive() == before


def test_one_that_was_busy_goes_home_when_it_comes_back():
    crew, begun, go_on = Crew(), threading.Event(), threading.Event()

    def body():
        begun.set()
        go_on.wait()

    worker = crew.take(body)
    worker.gate.release()
    begun.wait()
    crew.dismiss()
    assert not worker.home.acquire(timeout=0)
    go_on.set()
    assert worker.home.acquire(timeout=10)
