"""Semaphores: permits have no owner, and a permit is not a lock on the data."""

from __future__ import annotations

import time
from threading import BoundedSemaphore, Lock, Semaphore

from checker import together

from .label import fails, holds


def add_under(semaphore) -> int:
    total = 0

    def add():
        nonlocal total
        with semaphore:
            total += 1

    together(add, add)
    return total


@holds(2)
def one_permit_is_a_mutex():
    return add_under(Semaphore(1))


@fails("finished", expect=2)
def two_permits_are_no_mutex():
    return add_under(Semaphore(2))


class Crowd:
    """Counts how many were inside at once at most."""

    def __init__(self) -> None:
        self.inside = 0
        self.most = 0
        self.lock = Lock()

    def visit(self) -> None:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        with self.lock:
            self.inside -= 1


@holds(lambda most: most <= 2)
def never_more_than_permits():
    crowd = Crowd()
    permits = Semaphore(2)

    def visit():
        with permits:
            crowd.visit()

    together(visit, visit, visit)
    return crowd.most


@fails("finished", expect=1)
def released_without_having_acquired():
    crowd = Crowd()
    permits = Semaphore(1)

    def visit(seconds):
        got = permits.acquire(timeout=seconds)
        try:
            if got:
                crowd.visit()
        finally:
            permits.release()  # one permit more, whether it got one or not

    together(lambda: visit(0), lambda: visit(0), lambda: visit(None))
    return crowd.most


@fails("raised", expect=None)
def bounded_semaphore_released_too_often():
    permits = BoundedSemaphore(1)

    def leave_twice():
        permits.acquire()
        permits.release()
        permits.release()

    together(leave_twice)


@fails("deadlock", expect=["worked", "worked"])
def permit_lost_on_an_error():
    permits = Semaphore(1)

    def work(fail):
        try:
            permits.acquire()
            if fail:
                raise ValueError
            permits.release()
        except ValueError:
            pass
        return "worked"

    return together(lambda: work(True), lambda: work(False))


@holds(["worked", "worked"])
def permit_given_back_on_an_error():
    permits = Semaphore(1)

    def work(fail):
        try:
            with permits:
                if fail:
                    raise ValueError
        except ValueError:
            pass
        return "worked"

    return together(lambda: work(True), lambda: work(False))


@holds([1, 2])
def semaphore_counts_the_items():
    available = Semaphore(0)
    items = []

    def put():
        for item in (1, 2):
            items.append(item)
            available.release()

    def get():
        available.acquire()
        return items.pop(0)

    return sorted(together(get, get, put)[:2])


@fails("deadlock", expect=[None, None])
def two_permits_taken_one_by_one():
    permits = Semaphore(2)

    def needs_two():
        permits.acquire()
        permits.acquire()
        permits.release(2)

    return together(needs_two, needs_two)


@holds([None, None])
def two_permits_taken_under_a_lock():
    permits = Semaphore(2)
    taking = Lock()

    def needs_two():
        with taking:
            permits.acquire()
            permits.acquire()
        permits.release(2)

    return together(needs_two, needs_two)


@fails("finished", expect=[False, True])
def refused_permit_taken_for_granted():
    permits = Semaphore(1)
    state = {"taken": False}

    def take():
        permits.acquire(blocking=False)
        if state["taken"]:
            return False
        state["taken"] = True
        return True

    return sorted(together(take, take))


class TokenBucket:
    """`burst` calls at once, then one for every `1 / rate` seconds."""

    def __init__(self, rate: float, burst: int) -> None:
        self.rate = rate
        self.burst = burst
        self.tokens = float(burst)
        self.filled = time.monotonic()
        self.lock = Lock()

    def _refill(self) -> None:
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.filled) * self.rate)
        self.filled = now

    def take(self) -> bool:
        with self.lock:
            self._refill()
            if self.tokens < 1 - 1e-9:
                return False
            self.tokens -= 1
            return True

    def take_unlocked(self) -> bool:
        self._refill()
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def wait(self) -> float:
        while not self.take():
            time.sleep(1 / self.rate)
        return round(time.monotonic(), 6)


@holds([False, True])
def token_bucket():
    bucket = TokenBucket(rate=1, burst=1)
    return sorted(together(bucket.take, bucket.take))


@fails("finished", expect=[False, True])
def token_bucket_without_lock():
    bucket = TokenBucket(rate=1, burst=1)
    return sorted(together(bucket.take_unlocked, bucket.take_unlocked))


@holds([0.0, 2.0])
def token_bucket_over_time():
    bucket = TokenBucket(rate=0.5, burst=1)
    start = round(time.monotonic(), 6)
    return sorted(round(moment - start, 6) for moment in together(bucket.wait, bucket.wait))
