"""Threads that wait for each other: lock order, self-deadlock, waiting while holding, stripes."""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack
from threading import Lock, RLock

from checker import together

from .label import fails, holds


class Account:
    def __init__(self, number: int, balance: int) -> None:
        self.number = number
        self.balance = balance
        self.lock = Lock()


def transfer(source: Account, target: Account, amount: int) -> None:
    with source.lock, target.lock:
        source.balance -= amount
        target.balance += amount


def transfer_in_order(source: Account, target: Account, amount: int) -> None:
    first, second = sorted((source, target), key=lambda account: account.number)
    with first.lock, second.lock:
        source.balance -= amount
        target.balance += amount


@fails("deadlock", expect=(10, 10))
def opposite_transfers():
    a, b = Account(1, 10), Account(2, 10)
    together(lambda: transfer(a, b, 5), lambda: transfer(b, a, 5))
    return a.balance, b.balance


@holds((10, 10))
def opposite_transfers_in_order():
    a, b = Account(1, 10), Account(2, 10)
    together(lambda: transfer_in_order(a, b, 5), lambda: transfer_in_order(b, a, 5))
    return a.balance, b.balance


@fails("deadlock", expect=(12, 4))
def order_by_what_changes():
    a, b = Account(1, 6), Account(2, 10)

    def move(source, target, amount):
        first, second = sorted((source, target), key=lambda account: account.balance)
        with first.lock:
            with second.lock:
                source.balance -= amount
                target.balance += amount

    together(lambda: [move(b, a, 6), move(b, a, 0)], lambda: move(b, a, 0))
    return a.balance, b.balance


@fails("deadlock", expect=10)
def transfer_to_itself():
    a = Account(1, 10)
    together(lambda: transfer_in_order(a, a, 5))
    return a.balance


def philosophers(orders):
    forks = [Lock(), Lock(), Lock()]

    def eat(left, right):
        with forks[left]:
            with forks[right]:
                return "ate"

    return together(*[lambda pair=pair: eat(*pair) for pair in orders])


@fails("deadlock", expect=["ate"] * 3)
def three_philosophers():
    return philosophers([(0, 1), (1, 2), (2, 0)])


@holds(["ate"] * 3)
def three_philosophers_one_left_handed():
    return philosophers([(0, 1), (1, 2), (0, 2)])


class Inventory:
    def __init__(self, lock) -> None:
        self.items: dict[str, int] = {}
        self.lock = lock

    def add(self, item: str) -> None:
        with self.lock:
            self.items[item] = self.items.get(item, 0) + 1

    def add_two(self, item: str) -> None:
        with self.lock:
            self.add(item)
            self.add(item)


@fails("deadlock", expect={"pen": 2})
def public_method_calls_public_method():
    inventory = Inventory(Lock())
    together(lambda: inventory.add_two("pen"))
    return inventory.items


@holds({"pen": 3})
def public_method_calls_public_method_on_an_rlock():
    inventory = Inventory(RLock())
    together(lambda: inventory.add_two("pen"), lambda: inventory.add("pen"))
    return inventory.items


@fails("deadlock", expect="locked twice")
def locked_twice_without_any_other_thread():
    lock = Lock()
    with lock:
        with lock:
            return "locked twice"


@fails("deadlock", expect="joined")
def join_while_holding_what_the_other_needs():
    lock = Lock()

    def work():
        with lock:
            pass

    thread = threading.Thread(target=work)
    with lock:
        thread.start()
        thread.join()
    return "joined"


@holds("joined")
def join_after_letting_go():
    lock = Lock()

    def work():
        with lock:
            pass

    thread = threading.Thread(target=work)
    with lock:
        thread.start()
    thread.join()
    return "joined"


@fails("deadlock", expect=[None, None])
def wait_for_an_event_while_holding():
    lock = Lock()
    ready = threading.Event()

    def wait():
        with lock:
            ready.wait()

    def prepare():
        with lock:
            ready.set()

    return together(wait, prepare)


@holds([True, True])
def try_and_back_off():
    a, b = Lock(), Lock()

    def take_both(first, second):
        for _ in range(20):
            with first:
                if second.acquire(blocking=False):
                    second.release()
                    return True
            time.sleep(random.uniform(0, 0.1))
        return True

    return together(lambda: take_both(a, b), lambda: take_both(b, a))


@holds([True, True])
def try_and_back_off_without_end():
    a, b = Lock(), Lock()

    def take_both(first, second):
        while True:
            with first:
                if second.acquire(blocking=False):
                    second.release()
                    return True
            time.sleep(random.uniform(0.001, 0.1))

    return together(lambda: take_both(a, b), lambda: take_both(b, a))


@holds(lambda got: len(got) == 2)
def a_timeout_ends_the_deadlock():
    a, b = Lock(), Lock()

    def take_both(first, second):
        with first:
            got = second.acquire(timeout=1)
            if got:
                second.release()
            return got

    return together(lambda: take_both(a, b), lambda: take_both(b, a))


class Stripes:
    def __init__(self, count: int) -> None:
        self.locks = [Lock() for _ in range(count)]
        self.maps: list[dict[int, int]] = [{} for _ in range(count)]

    def add(self, key: int, n: int) -> None:
        stripe = key % len(self.locks)
        with self.locks[stripe]:
            counts = self.maps[stripe]
            counts[key] = counts.get(key, 0) + n

    def move(self, source: int, target: int) -> None:
        """Locks the stripes in the order of the arguments."""
        with self.locks[source % len(self.locks)], self.locks[target % len(self.locks)]:
            self._change(source, target)

    def move_in_order(self, source: int, target: int) -> None:
        stripes = sorted({source % len(self.locks), target % len(self.locks)})
        with ExitStack() as stack:
            for stripe in stripes:
                stack.enter_context(self.locks[stripe])
            self._change(source, target)

    def _change(self, source: int, target: int) -> None:
        self.maps[source % len(self.locks)][source] -= 1
        counts = self.maps[target % len(self.locks)]
        counts[target] = counts.get(target, 0) + 1

    def total(self) -> int:
        with ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            return sum(sum(counts.values()) for counts in self.maps)

    def total_stripe_by_stripe(self) -> int:
        result = 0
        for lock, counts in zip(self.locks, self.maps, strict=True):
            with lock:
                result += sum(counts.values())
        return result


def filled(stripes: int) -> Stripes:
    table = Stripes(stripes)
    table.add(0, 5)
    table.add(1, 5)
    return table


@fails("deadlock", expect=10)
def stripes_in_argument_order():
    table = filled(2)
    together(lambda: table.move(0, 1), lambda: table.move(1, 0))
    return table.total()


@holds(10)
def stripes_in_one_order():
    table = filled(2)
    together(lambda: table.move_in_order(0, 1), lambda: table.move_in_order(1, 0))
    return table.total()


@fails("deadlock", expect=10)
def one_stripe_locked_twice():
    table = filled(2)
    together(lambda: table.move(0, 2))
    return table.total()


@holds(10)
def one_stripe_locked_once():
    table = filled(2)
    together(lambda: table.move_in_order(0, 2))
    return table.total()


@fails("finished", expect=10)
def snapshot_stripe_by_stripe():
    table = filled(2)
    return together(lambda: table.move_in_order(1, 0), table.total_stripe_by_stripe)[1]


@holds(10)
def snapshot_of_all_stripes():
    table = filled(2)
    return together(lambda: table.move_in_order(1, 0), table.total)[1]


@holds({0: 1, 1: 1})
def stripes_apart_never_wait():
    table = Stripes(2)
    together(lambda: table.add(0, 1), lambda: table.add(1, 1))
    return {**table.maps[0], **table.maps[1]}


class ReadWriteLock:
    """Many readers or one writer; the first reader locks the writers out, the last lets them in."""

    def __init__(self) -> None:
        self.readers = 0
        self.counting = Lock()
        self.writing = Lock()

    def start_reading(self) -> None:
        with self.counting:
            self.readers += 1
            if self.readers == 1:
                self.writing.acquire()

    def stop_reading(self) -> None:
        with self.counting:
            self.readers -= 1
            if self.readers == 0:
                self.writing.release()


@holds(lambda seen: all(a == b for a, b in seen))
def readers_and_a_writer():
    lock = ReadWriteLock()
    pair = [0, 0]

    def read():
        lock.start_reading()
        seen = pair[0], pair[1]
        lock.stop_reading()
        return seen

    def write():
        with lock.writing:
            pair[0] = 1
            pair[1] = 1

    return together(read, read, write)[:2]


@fails("deadlock", expect="written")
def reader_becomes_writer():
    lock = ReadWriteLock()

    def upgrade():
        lock.start_reading()
        with lock.writing:
            return "written"

    return together(upgrade)[0]
