"""Waiting by asking again and again: it ends if somebody else can end it, and else never."""

from __future__ import annotations

import threading
import time
from threading import Lock

from checker import together

from .label import fails, holds


class Flag:
    def __init__(self) -> None:
        self.up = False
        self.value = 0
        self.lock = Lock()

    def raise_it(self) -> None:
        self.value = 1
        self.up = True

    def spin(self) -> int:
        while not self.up:
            pass
        return self.value


@holds(1)
def spin_until_set():
    flag = Flag()
    return together(flag.spin, flag.raise_it)[0]


@holds([1, 1])
def two_spin_until_set():
    flag = Flag()
    return together(flag.spin, flag.spin, flag.raise_it)[:2]


@fails("livelock", expect=1)
def spin_on_what_nobody_sets():
    flag = Flag()
    return together(flag.spin, lambda: setattr(flag, "value", 1))[0]


@fails("livelock", expect=1)
def spin_with_the_lock_the_other_needs():
    flag = Flag()

    def spin():
        with flag.lock:
            return flag.spin()

    def raise_it():
        with flag.lock:
            flag.raise_it()

    return together(spin, raise_it)[0]


@holds(1)
def spin_taking_the_lock_each_time():
    flag = Flag()

    def spin():
        while True:
            with flag.lock:
                if flag.up:
                    return flag.value

    def raise_it():
        with flag.lock:
            flag.raise_it()

    return together(spin, raise_it)[0]


@holds(1)
def spin_with_sleep_zero():
    flag = Flag()

    def spin():
        while not flag.up:
            time.sleep(0)
        return flag.value

    return together(spin, flag.raise_it)[0]


@holds(1)
def poll_with_pauses():
    flag = Flag()

    def poll():
        while not flag.up:
            time.sleep(0.05)
        return flag.value

    def late():
        time.sleep(1)
        flag.raise_it()

    return together(poll, late)[0]


@fails("livelock", expect=1)
def poll_with_pauses_for_ever():
    flag = Flag()

    def poll():
        while not flag.up:
            time.sleep(0.05)
        return flag.value

    return together(poll, lambda: None)[0]


@holds(True)
def busy_wait_for_a_deadline():
    def wait():
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            pass
        return time.monotonic() >= end

    return together(wait)[0]


@holds([2, 2])
def spin_to_acquire():
    lock = Lock()
    total = [0]

    def add():
        while not lock.acquire(blocking=False):
            pass
        total[0] += 1
        lock.release()

    together(add, add)
    return [total[0], 2]


@holds("ended")
def spin_while_alive():
    box = []
    thread = threading.Thread(target=lambda: box.append("ended"))
    thread.start()
    while thread.is_alive():
        pass
    return box[0]


class SpinLock:
    """A lock out of a flag: looking and taking are two steps."""

    def __init__(self) -> None:
        self.taken = False

    def __enter__(self) -> None:
        while self.taken:
            pass
        self.taken = True

    def __exit__(self, *exc) -> None:
        self.taken = False


@fails("finished", expect=2)
def spin_lock_out_of_a_flag():
    lock = SpinLock()
    total = 0

    def add():
        nonlocal total
        with lock:
            total += 1

    together(add, add)
    return total


class Peterson:
    """Mutual exclusion of two threads out of plain reads and writes (Peterson 1981)."""

    def __init__(self) -> None:
        self.wants = [False, False]
        self.turn = 0

    def enter(self, me: int) -> None:
        self.wants[me] = True
        self.turn = 1 - me
        while self.wants[1 - me] and self.turn == 1 - me:
            pass

    def leave(self, me: int) -> None:
        self.wants[me] = False


@holds(2)
def peterson():
    lock = Peterson()
    total = 0

    def add(me):
        nonlocal total
        lock.enter(me)
        total += 1
        lock.leave(me)

    together(lambda: add(0), lambda: add(1))
    return total


class TurnFirst(Peterson):
    def enter(self, me: int) -> None:
        self.turn = 1 - me
        self.wants[me] = True
        while self.wants[1 - me] and self.turn == 1 - me:
            pass


@fails("finished", expect=2)
def peterson_with_its_writes_swapped():
    lock = TurnFirst()
    total = 0

    def add(me):
        nonlocal total
        lock.enter(me)
        total += 1
        lock.leave(me)

    together(lambda: add(0), lambda: add(1))
    return total


@fails("livelock", expect=[None, None])
def after_you():
    gone = [False, False]

    def polite(me):
        while not gone[1 - me]:  # each lets the other go first
            time.sleep(0.1)
        gone[me] = True

    return together(lambda: polite(0), lambda: polite(1))


@fails("livelock", expect=None)
def stop_flag_read_once():
    flag = Flag()

    def work():
        stop = flag.up
        while not stop:
            pass

    together(work, flag.raise_it)


@holds(None)
def stop_flag_read_every_time():
    flag = Flag()

    def work():
        while not flag.up:
            time.sleep(0.1)

    together(work, flag.raise_it)
