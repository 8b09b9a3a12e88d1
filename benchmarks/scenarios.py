"""The four scenarios whose executions per second are counted. All of them hold or fail without hanging."""

from __future__ import annotations

import random
import threading
import time
from collections import deque

from checker import together


class Counter:
    def __init__(self) -> None:
        self.value = 0
        self.lock = threading.Lock()

    def increment(self) -> None:
        self.value += 1

    def increment_often(self) -> None:
        for _ in range(25):
            with self.lock:
                self.value += 1


def two_threads_one_increment():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


def four_threads_25_locked_increments():
    counter = Counter()
    together(*[counter.increment_often] * 4)
    return counter.value


def producer_and_consumer_on_a_condition():
    items: deque[int] = deque()
    changed = threading.Condition()

    def produce():
        for item in range(3):
            with changed:
                items.append(item)
                changed.notify()

    def consume():
        got = []
        for _ in range(3):
            with changed:
                while not items:
                    changed.wait()
                got.append(items.popleft())
        return got

    return together(produce, consume)[1]


def timed_acquire_with_back_off():
    lock = threading.Lock()

    def work():
        for attempt in range(5):
            if lock.acquire(timeout=0.001):
                time.sleep(0.001)
                lock.release()
                return attempt + 1
            time.sleep(random.uniform(0, 0.001 * 2**attempt))
        return 0

    return together(work, work)


SCENARIOS = [
    two_threads_one_increment,
    four_threads_25_locked_increments,
    producer_and_consumer_on_a_condition,
    timed_acquire_with_back_off,
]
