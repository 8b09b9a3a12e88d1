"""Condition: wait in a loop, with the lock, for what the notifier changes under the same lock."""

from __future__ import annotations

import threading
import time
from collections import deque
from threading import Condition, Lock

from checker import together

from .label import fails, holds


class Buffer:
    def __init__(self) -> None:
        self.items: deque[int] = deque()
        self.changed = Condition()

    def put(self, item: int) -> None:
        with self.changed:
            self.items.append(item)
            self.changed.notify_all()

    def get(self) -> int:
        with self.changed:
            while not self.items:
                self.changed.wait()
            return self.items.popleft()

    def get_with_if(self) -> int:
        with self.changed:
            if not self.items:
                self.changed.wait()
            return self.items.popleft()

    def get_with_wait_for(self) -> int:
        with self.changed:
            self.changed.wait_for(lambda: self.items)
            return self.items.popleft()

    def put_two(self) -> None:
        self.put(1)
        self.put(2)


@fails("raised", expect=[1, 2])
def if_in_place_of_while():
    buffer = Buffer()
    return sorted(together(buffer.get_with_if, buffer.get_with_if, buffer.put_two)[:2])


@holds([1, 2])
def while_around_wait():
    buffer = Buffer()
    return sorted(together(buffer.get, buffer.get, buffer.put_two)[:2])


@holds([1, 2])
def wait_for():
    buffer = Buffer()
    return sorted(together(buffer.get_with_wait_for, buffer.get_with_wait_for, buffer.put_two)[:2])


@holds(1)
def if_is_enough_for_one_consumer():
    buffer = Buffer()
    return together(buffer.get_with_if, lambda: buffer.put(1))[0]


class Slot:
    """One place: producers wait until it is empty, consumers until it is full."""

    def __init__(self) -> None:
        self.item: int | None = None
        self.changed = Condition()

    def put(self, item: int, tell) -> None:
        with self.changed:
            while self.item is not None:
                self.changed.wait()
            self.item = item
            tell(self.changed)

    def get(self, tell) -> int:
        with self.changed:
            while self.item is None:
                self.changed.wait()
            item, self.item = self.item, None
            tell(self.changed)
            return item


def exchange(tell):
    slot = Slot()
    got = together(lambda: slot.get(tell), lambda: slot.get(tell), lambda: [slot.put(item, tell) for item in (1, 2)])
    return sorted(got[:2])


@holds([1, 2])
def one_slot_notify_all():
    return exchange(Condition.notify_all)


@fails("deadlock", expect=[1, 2])
def one_slot_notify_wakes_the_wrong_one():
    return exchange(Condition.notify)


class TwoSidedSlot:
    def __init__(self) -> None:
        self.item: int | None = None
        lock = Lock()
        self.filled = Condition(lock)
        self.emptied = Condition(lock)

    def put(self, item: int) -> None:
        with self.emptied:
            while self.item is not None:
                self.emptied.wait()
            self.item = item
            self.filled.notify()

    def get(self) -> int:
        with self.filled:
            while self.item is None:
                self.filled.wait()
            item, self.item = self.item, None
            self.emptied.notify()
            return item


@holds([1, 2])
def one_slot_two_conditions():
    slot = TwoSidedSlot()
    return sorted(together(slot.get, slot.get, lambda: [slot.put(item) for item in (1, 2)])[:2])


@fails("deadlock", expect=["woken", None])
def notified_before_the_wait():
    condition = Condition()

    def wait():
        with condition:
            condition.wait()
        return "woken"

    def wake():
        with condition:
            condition.notify()

    return together(wait, wake)


class Gate:
    def __init__(self) -> None:
        self.open = False
        self.changed = Condition()

    def pass_through(self) -> str:
        with self.changed:
            while not self.open:
                self.changed.wait()
        return "through"

    def pass_through_looking_outside(self) -> str:
        if not self.open:
            with self.changed:
                self.changed.wait()
        return "through"

    def unlock(self) -> None:
        with self.changed:
            self.open = True
            self.changed.notify_all()

    def unlock_without_telling(self) -> None:
        with self.changed:
            self.open = True

    def unlock_for_one(self) -> None:
        with self.changed:
            self.open = True
            self.changed.notify()


@holds(["through", "through", None])
def gate():
    gate = Gate()
    return together(gate.pass_through, gate.pass_through, gate.unlock)


@fails("deadlock", expect=["through", None])
def looked_at_outside_the_lock():
    gate = Gate()
    return together(gate.pass_through_looking_outside, gate.unlock)


@fails("deadlock", expect=["through", None])
def forgot_to_notify():
    gate = Gate()
    return together(gate.pass_through, gate.unlock_without_telling)


@fails("deadlock", expect=["through", "through", None])
def notify_for_two_waiters():
    gate = Gate()
    return together(gate.pass_through, gate.pass_through, gate.unlock_for_one)


@fails("raised", expect=None)
def wait_without_the_lock():
    Condition().wait(1)


@fails("raised", expect=[None, None])
def notify_without_the_lock():
    condition = Condition()

    def wake():
        with condition:
            pass
        condition.notify()

    return together(wake, wake)


@holds((False, 2.0))
def wait_for_with_a_deadline():
    condition = Condition()

    def wait():
        start = time.monotonic()
        with condition:
            met = condition.wait_for(lambda: False, timeout=2.0)
        return met, round(time.monotonic() - start, 6)

    def nudge():
        for _ in range(2):
            time.sleep(0.75)
            with condition:
                condition.notify_all()

    return together(wait, nudge)[0]


@fails("finished", expect=(False, 2.0))
def timeout_starts_again_at_every_wake_up():
    condition = Condition()

    def wait():
        start = time.monotonic()
        with condition:
            while condition.wait(2.0):  # the whole two seconds after every notify
                pass
        return False, round(time.monotonic() - start, 6)

    def nudge():
        time.sleep(0.75)
        with condition:
            condition.notify_all()

    return together(wait, nudge)[0]


@holds(lambda results: results in ([True, 1], [False, 0]))
def timed_wait_looks_at_the_predicate_at_the_end():
    condition = Condition()
    state = {"ready": 0}

    def wait():
        with condition:
            if condition.wait_for(lambda: state["ready"], timeout=1):
                return [True, state["ready"]]
            return [False, state["ready"]]

    def make_ready():
        time.sleep(1)
        with condition:
            state["ready"] = 1
            condition.notify()

    return together(wait, make_ready)[0]


class Latch:
    """Opens when it has been counted down to zero."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.zero = Condition()

    def count_down(self) -> None:
        with self.zero:
            self.count -= 1
            if self.count == 0:
                self.zero.notify_all()

    def wait(self) -> None:
        with self.zero:
            self.zero.wait_for(lambda: self.count == 0)


@holds([1, 2])
def latch():
    latch = Latch(2)
    done = []

    def work(item):
        done.append(item)
        latch.count_down()

    def collect():
        latch.wait()
        return sorted(done)

    return together(lambda: work(1), lambda: work(2), collect)[2]


class UnlockedLatch(Latch):
    def count_down(self) -> None:
        self.count -= 1
        if self.count == 0:
            with self.zero:
                self.zero.notify_all()


@fails("deadlock", expect=[None, None, None])
def latch_counted_down_without_the_lock():
    latch = UnlockedLatch(2)
    return together(latch.count_down, latch.count_down, latch.wait)


@fails("deadlock", expect=[None, 1])
def notify_under_another_lock():
    lock = Lock()
    items = []
    inside = Condition()

    def put():
        with lock:
            items.append(1)
        with inside:
            inside.notify()

    def get():
        with lock:  # kept during the wait: only the condition's own lock is let go
            with inside:
                while not items:
                    inside.wait()
                return items.pop()

    return together(put, get)


@holds(["ping", "pong", "ping", "pong"])
def taking_turns():
    turn = Condition()
    said: list[str] = []

    def say(word, even):
        for _ in range(2):
            with turn:
                turn.wait_for(lambda: (len(said) % 2 == 0) == even)
                said.append(word)
                turn.notify()

    first = threading.Thread(target=say, args=("ping", True))
    second = threading.Thread(target=say, args=("pong", False))
    first.start()
    second.start()
    first.join()
    second.join()
    return said
