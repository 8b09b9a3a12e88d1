"""The queue family: real against controlled."""

from __future__ import annotations

import pickle
import queue
import threading
import time
from queue import Empty, Full, LifoQueue, PriorityQueue, Queue, SimpleQueue
from queue import SimpleQueue as Simple
from threading import Thread

import pytest
from sameness import assert_same, told, waited

BOUNDED = pytest.mark.parametrize("make", [Queue, LifoQueue, PriorityQueue], ids=lambda make: make.__name__)
EVERY = pytest.mark.parametrize("make", [Queue, LifoQueue, PriorityQueue, SimpleQueue], ids=lambda make: make.__name__)
SHUTDOWN = hasattr(Queue, "shutdown")


@EVERY
@pytest.mark.parametrize("timeout", [0.01, 0, -1, -0.001, "1", None], ids=str)
def test_get_from_an_empty_queue(make, timeout):
    seconds = timeout if timeout == 0.01 else 0

    def case():
        empty = make()
        return [
            *([] if timeout is None else [waited(seconds, empty.get, True, timeout)]),
            told(empty.get, False, timeout),
            told(empty.get, block=False),
            told(empty.get_nowait),
            empty.qsize(),
            empty.empty(),
        ]

    assert_same(case)


@EVERY
@pytest.mark.parametrize("timeout", [0.01, 0, -1, None], ids=str)
def test_get_from_a_queue_with_items(make, timeout):
    def case():
        full = make()
        for item in (2, 3, 1):
            told(full.put, item)
        return [told(full.get, True, timeout), told(full.get, timeout=timeout), told(full.get), full.qsize()]

    assert_same(case)


@BOUNDED
@pytest.mark.parametrize("timeout", [0.01, 0, -1, "1", None], ids=str)
def test_put_into_a_full_queue(make, timeout):
    seconds = timeout if timeout == 0.01 else 0

    def case():
        full = make(maxsize=1)
        return [
            told(full.put, 1, True, timeout),
            full.full(),
            *([] if timeout is None else [waited(seconds, full.put, 2, True, timeout)]),
            told(full.put, 2, False, timeout),
            told(full.put, 2, block=False),
            told(full.put_nowait, 2),
            full.qsize(),
            full.get(),
        ]

    assert_same(case)


def test_simple_queue_never_is_full():
    def case():
        simple = SimpleQueue()
        simple.put(1, block=False, timeout=-5)
        simple.put(2, True, 1)
        simple.put_nowait(3)
        return (
            [simple.get(), simple.get_nowait(), simple.get(timeout=1)],
            told(lambda: simple.maxsize),
            told(lambda: simple.task_done()),
            told(SimpleQueue, 1),
            told(pickle.dumps, simple),
            type(simple).__name__,
            isinstance(simple, SimpleQueue),
            Simple is SimpleQueue,
        )

    assert_same(case)


@EVERY
def test_a_waiting_get_is_answered(make):
    def case():
        shared = make()
        got = []
        taker = Thread(target=lambda: got.append(shared.get()))
        hasty = Thread(target=lambda: got.append(shared.get(timeout=60)))
        taker.start()
        hasty.start()
        shared.put("item")
        shared.put("item")
        taker.join()
        hasty.join()
        return got

    assert_same(case)


@BOUNDED
def test_a_waiting_put_is_let_in(make):
    def case():
        shared = make(1)
        shared.put("a")
        thread = Thread(target=shared.put, args=("b",))
        thread.start()
        first = shared.get()
        thread.join()
        return first, shared.get()

    assert_same(case)


@BOUNDED
def test_task_done_and_join(make):
    def case():
        shared = make()
        shared.join()
        early = told(shared.task_done)
        shared.put(1)
        shared.get()
        thread = Thread(target=shared.join)
        thread.start()
        shared.task_done()
        thread.join()
        return early, told(shared.task_done), shared.unfinished_tasks

    assert_same(case)


def test_order():
    def case():
        queues = Queue(), LifoQueue(), PriorityQueue(), SimpleQueue()
        for each in queues:
            for item in (2, 3, 1):
                each.put(item)
        return [[each.get() for _ in range(3)] for each in queues]

    assert_same(case)


def test_what_cannot_be_compared():
    def case():
        urgent = PriorityQueue()
        urgent.put((1, {}))
        return told(urgent.put, (1, {})), issubclass(Empty, Exception), issubclass(Full, Exception)

    assert_same(case)


@BOUNDED
def test_maxsize_of_zero_and_less_is_no_bound(make):
    def case():
        seen = []
        for maxsize in (0, -1):
            shared = make(maxsize)
            for item in range(5):
                shared.put_nowait(item)
            seen.append((shared.full(), shared.qsize(), shared.maxsize))
        return seen

    assert_same(case)


@BOUNDED
def test_shutdown_where_it_exists(make):
    def case():
        shared = make(1)
        if not SHUTDOWN:
            return told(lambda: shared.shutdown)
        shared.put(1)
        shared.shutdown()
        drained = [told(shared.put, 2), told(shared.get), told(shared.get), told(shared.get_nowait)]
        other = make()
        other.put(1)
        other.shutdown(immediate=True)
        return drained, told(other.get), issubclass(queue.ShutDown, Exception)

    assert_same(case)


@BOUNDED
def test_shutdown_frees_waiters(make):
    def case():
        if not SHUTDOWN:
            return "none"
        empty, full = make(), make(1)
        full.put(1)
        seen = []
        threads = [
            Thread(target=lambda: seen.append(told(empty.get))),
            Thread(target=lambda: seen.append(told(full.put, 2))),
        ]
        for thread in threads:
            thread.start()
        empty.shutdown()
        full.shutdown()
        for thread in threads:
            thread.join()
        return sorted(seen)

    assert_same(case)


def test_subclass():
    class Unique(Queue):
        """Holds each item once."""

        def _init(self, maxsize):
            self.queue = set()

        def _put(self, item):
            self.queue.add(item)

        def _get(self):
            return self.queue.pop()

    def case():
        shared = Unique()
        threads = [Thread(target=shared.put, args=("same",)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return shared.qsize(), shared.get(), told(shared.get_nowait)

    assert_same(case)


def test_elapsed_over_several_puts():
    def case():
        shared = Queue(1)
        start = time.monotonic()
        thread = threading.Thread(target=lambda: [shared.put(item) for item in range(3)])
        thread.start()
        got = []
        for _ in range(3):
            time.sleep(0.01)
            got.append(shared.get())
        thread.join()
        return got, time.monotonic() - start >= 0.029

    assert_same(case)
