"""Threads themselves: started, joined, forgotten, failing, with data of their own."""

from __future__ import annotations

import sys
import threading
import time
from threading import Event, Thread, local

from checker import together

from .label import fails, holds


class Sum(Thread):
    def __init__(self, numbers) -> None:
        super().__init__()
        self.numbers = numbers
        self.result: int | None = None

    def run(self) -> None:
        self.result = sum(self.numbers)


@holds([3, 7])
def result_after_join():
    sums = [Sum((1, 2)), Sum((3, 4))]
    for thread in sums:
        thread.start()
    for thread in sums:
        thread.join()
    return [thread.result for thread in sums]


@fails("finished", expect=3)
def result_before_join():
    thread = Sum((1, 2))
    thread.start()
    result = thread.result
    thread.join()
    return result


@fails("leaked", expect="returned")
def join_forgotten():
    Sum((1, 2)).start()
    return "returned"


@fails("finished", expect="fetched")
def joined_with_a_timeout_and_not_asked():
    box = {}

    def fetch():
        time.sleep(2)
        box["value"] = "fetched"

    thread = Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(1)
    return box.get("value")


@holds("given up")
def joined_with_a_timeout_and_asked():
    thread = Thread(target=time.sleep, args=(2,), daemon=True)
    thread.start()
    thread.join(1)
    return "given up" if thread.is_alive() else "ended"


@fails("finished", expect=["written"])
def daemon_work_lost():
    log = []
    Thread(target=log.append, args=("written",), daemon=True).start()
    return log


@holds("returned")
def daemon_waits_for_ever():
    Thread(target=Event().wait, daemon=True).start()
    return "returned"


@fails("leaked", expect="returned")
def thread_waits_for_ever():
    Thread(target=Event().wait).start()
    return "returned"


@fails("raised", expect="joined")
def error_in_a_thread():
    thread = Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join()
    return "joined"


@holds("ZeroDivisionError")
def error_handed_over():
    box = {}

    def work():
        try:
            raise ZeroDivisionError
        except ZeroDivisionError as error:
            box["error"] = error

    thread = Thread(target=work)
    thread.start()
    thread.join()
    return type(box["error"]).__name__


@holds("joined")
def exit_in_a_thread_is_no_error():
    thread = Thread(target=sys.exit)
    thread.start()
    thread.join()
    return "joined"


class StartsItself(Thread):
    """Starts in its constructor, before all attributes are there."""

    def __init__(self) -> None:
        super().__init__()
        self.start()
        self.greeting = "hello"

    def run(self) -> None:
        self.said = self.greeting


@fails("raised", expect="hello")
def started_before_it_was_made():
    thread = StartsItself()
    thread.join()
    return thread.said


@fails("finished", expect=["worker"])
def run_in_place_of_start():
    names = []
    thread = Thread(target=lambda: names.append(threading.current_thread().name), name="worker")
    thread.run()
    return names


@holds(["worker"])
def name_of_a_thread():
    names = []
    thread = Thread(target=lambda: names.append(threading.current_thread().name), name="worker")
    thread.start()
    thread.join()
    return names


@fails("raised", expect=None)
def started_twice():
    thread = Thread(target=lambda: None)
    thread.start()
    thread.join()
    thread.start()


@fails("raised", expect=None)
def joins_itself():
    together(lambda: threading.current_thread().join())


@fails("finished", expect=[0, 1])
def loop_variable_caught_late():
    seen = []
    threads = []
    for number in range(2):
        threads.append(Thread(target=lambda: seen.append(number)))  # noqa: B023
        threads[-1].start()
    for thread in threads:
        thread.join()
    return sorted(seen)


@holds([0, 1])
def loop_variable_bound():
    seen = []
    threads = [Thread(target=lambda number=number: seen.append(number)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(seen)


@holds([1, 1])
def data_of_each_thread():
    mine = local()

    def count():
        mine.total = 0
        mine.total += 1
        return mine.total

    return together(count, count)


@fails("raised", expect="main's")
def data_of_another_thread():
    mine = local()
    mine.name = "main's"
    return together(lambda: mine.name)[0]


class Context(local):
    """A subclass: `__init__` runs once in every thread that looks."""

    def __init__(self) -> None:
        self.items: list[int] = []


@holds([[1], [2], []])
def subclass_of_local():
    context = Context()

    def add(item):
        context.items.append(item)
        return context.items

    return [*together(lambda: add(1), lambda: add(2)), context.items]


@holds(3)
def threads_that_start_threads():
    counts = []

    def child():
        counts.append("child")

    def parent():
        thread = Thread(target=child)
        thread.start()
        thread.join()
        counts.append("parent")

    thread = Thread(target=parent)
    thread.start()
    thread.join()
    counts.append("main")
    return len(counts)


@fails("finished", expect=["child", "parent"])
def child_not_waited_for():
    log = []
    child = Thread(target=log.append, args=("child",))
    child.start()
    log.append("parent")
    child.join()
    return log


@holds({"a": 1, "b": 2})
def tallies_merged_after_join():
    tallies = [{}, {}]

    def count(index, key, times):
        for _ in range(times):
            tallies[index][key] = tallies[index].get(key, 0) + 1

    together(lambda: count(0, "a", 1), lambda: count(1, "b", 2))
    return {**tallies[0], **tallies[1]}


class Worker:
    """Stops when it is told to."""

    def __init__(self) -> None:
        self.stopped = Event()
        self.rounds = 0
        self.thread = Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while not self.stopped.wait(1):
            self.rounds += 1

    def stop(self) -> int:
        self.stopped.set()
        self.thread.join()
        return self.rounds


@holds(2)
def worker_stopped_between_two_rounds():
    worker = Worker()
    time.sleep(2.5)
    return worker.stop()


class CarelessWorker(Worker):
    def stop(self) -> int:
        self.stopped.set()
        return self.rounds


@fails("leaked", expect=2)
def worker_stopped_but_not_joined():
    worker = CarelessWorker()
    time.sleep(2.5)
    return worker.stop()


@fails("finished", expect=0)
def active_threads_forgotten():
    before = threading.active_count()
    thread = Thread(target=time.sleep, args=(1,))
    thread.start()
    running = threading.active_count() - before
    thread.join()
    return running


@fails("raised", expect=[1, 2])
def error_among_results():
    def work(number):
        if number == 2:
            raise ValueError(number)
        return number

    return together(lambda: work(1), lambda: work(2))
