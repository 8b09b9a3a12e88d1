"""Timer and virtual time: what happens later, and what is called off."""

from __future__ import annotations

import time
from threading import Event, Lock, Timer

from checker import together

from .label import fails, holds


@holds(("fired", 5.0))
def timer_fires():
    fired = Event()
    start = time.monotonic()
    timer = Timer(5, fired.set)
    timer.start()
    fired.wait()
    timer.join()
    return "fired", round(time.monotonic() - start, 6)


@holds(False)
def timer_called_off():
    fired = Event()
    timer = Timer(5, fired.set)
    timer.start()
    timer.cancel()
    timer.join()
    return fired.is_set()


@fails("leaked", expect="returned")
def timer_left_running():
    Timer(5, lambda: None).start()
    return "returned"


@holds("returned")
def daemon_timer_left_running():
    timer = Timer(5, lambda: None)
    timer.daemon = True
    timer.start()
    return "returned"


@fails("raised", expect="joined")
def timer_whose_function_raises():
    timer = Timer(1, lambda: {}["missing"])
    timer.start()
    timer.join()
    return "joined"


class Watchdog:
    """Reports once if it was not fed in time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.barked = 0
        self.lock = Lock()
        self.timer: Timer | None = None

    def bark(self) -> None:
        with self.lock:
            self.barked += 1

    def feed(self) -> None:
        if self.timer:
            self.timer.cancel()
        timer = self.timer = Timer(self.seconds, self.bark)
        timer.start()

    def stop(self) -> int:
        with self.lock:
            if self.timer:
                self.timer.cancel()
        if self.timer:
            self.timer.join()
        return self.barked


@holds(0)
def watchdog_fed_in_time():
    watchdog = Watchdog(1)
    watchdog.feed()
    first = watchdog.timer
    time.sleep(0.5)
    watchdog.feed()
    first.join()
    time.sleep(0.7)
    return watchdog.stop()


@fails("leaked", expect=0)
def watchdog_fed_by_two():
    watchdog = Watchdog(100)
    together(watchdog.feed, watchdog.feed)  # one of the two timers may be forgotten
    time.sleep(1)
    return watchdog.stop()


@holds(["tick", "tick", "tick"])
def ticks_of_a_chain_of_timers():
    ticks = []
    done = Event()

    def tick():
        ticks.append("tick")
        if len(ticks) == 3:
            done.set()
        else:
            again()

    def again():
        Timer(1, tick).start()

    again()
    done.wait()
    time.sleep(1)
    return ticks


@holds([1.0, 2.0])
def sleeping_threads_wake_in_order():
    start = time.monotonic()

    def nap(seconds):
        time.sleep(seconds)
        return round(time.monotonic() - start, 6)

    return together(lambda: nap(1), lambda: nap(2))
