"""Scenarios for `test_stress`, in a module of their own so that a new interpreter can import them too."""

import os
import re
import threading
import time


def together(*callables):
    results = [None] * len(callables)

    def run(number):
        results[number] = callables[number]()

    threads = [threading.Thread(target=run, args=(number,), name=f"T{number + 1}") for number in range(len(callables))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Sleepy:
    def __init__(self):
        self.value = 0

    def increment(self):
        value = self.value
        time.sleep(0)
        self.value = value + 1


def two_sleepy_increments():
    counter = Sleepy()
    together(counter.increment, counter.increment)
    return counter.value


def locks_in_opposite_order():
    a, b = threading.Lock(), threading.Lock()
    met = threading.Barrier(2)

    def one():
        with a:
            met.wait()
            with b:
                pass

    def two():
        with b:
            met.wait()
            with a:
                pass

    together(one, two)


def spins_for_ever():
    never = threading.Event()

    def spin():
        while not never.is_set():
            pass

    together(spin)


def stuck_in_c():
    re.match("(a*)*b", "a" * 60)


def leaks_a_thread():
    threading.Thread(target=time.sleep, args=(30,), name="forgotten").start()


def raises_in_a_thread():
    def fail():
        raise LookupError("no such thing")

    thread = threading.Thread(target=fail, name="T1")
    thread.start()
    thread.join()


def prints_without_end():
    for _ in range(100):
        print("x" * 1000)
    os.write(1, b"to the descriptor")


def ends_the_process():
    os._exit(3)


def returns_an_object():
    return Sleepy


def returns_something_new_each_time():
    return time.perf_counter_ns()


def starts_apart():
    """How many of two threads saw the other running."""
    running, both = [], []

    def work():
        running.append(1)
        until = time.perf_counter() + 0.00005
        while time.perf_counter() < until:
            if len(running) == 2:
                both.append(1)
                break
            time.sleep(0)

    together(work, work)
    return len(both) > 0
