"""Queues: hand-over, sentinels, draining, replies, back-pressure."""

from __future__ import annotations

import queue
import threading
from queue import Empty, Full, LifoQueue, PriorityQueue, Queue, SimpleQueue

from checker import together

from .label import fails, holds

STOP = None


@holds([1, 2])
def sentinel():
    work = Queue()

    def produce():
        for item in (1, 2):
            work.put(item)
        work.put(STOP)

    def consume():
        got = []
        while (item := work.get()) is not STOP:
            got.append(item)
        return got

    return together(produce, consume)[1]


def consume_until_stop(work) -> int:
    count = 0
    while work.get() is not STOP:
        count += 1
    return count


@fails("deadlock", expect=1)
def one_sentinel_for_two_workers():
    work = Queue()

    def produce():
        work.put(1)
        work.put(STOP)

    return sum(together(lambda: consume_until_stop(work), lambda: consume_until_stop(work), produce)[:2])


@holds(1)
def a_sentinel_for_each_worker():
    work = Queue()

    def produce():
        for item in (1, STOP, STOP):
            work.put(item)

    return sum(together(lambda: consume_until_stop(work), lambda: consume_until_stop(work), lambda: produce() or 0))


@holds(1)
def sentinel_passed_on():
    work = SimpleQueue()

    def consume():
        count = consume_until_stop(work)
        work.put(STOP)
        return count

    def produce():
        work.put(1)
        work.put(STOP)

    return sum(together(consume, consume, produce)[:2])


@fails("deadlock", expect=1)
def looked_at_empty_then_waited():
    work = Queue()
    work.put("job")

    def consume():
        if work.empty():
            return 0
        work.get()
        return 1

    return sum(together(consume, consume))


@fails("raised", expect=1)
def looked_at_empty_then_took():
    work = Queue()
    work.put("job")

    def consume():
        count = 0
        while not work.empty():
            work.get_nowait()
            count += 1
        return count

    return sum(together(consume, consume))


@holds(1)
def taken_with_empty_caught():
    work = Queue()
    work.put("job")

    def consume():
        try:
            work.get_nowait()
        except Empty:
            return 0
        return 1

    return sum(together(consume, consume))


class Service:
    """Counts what it is handed, in a thread of its own."""

    def __init__(self) -> None:
        self.inbox: Queue = Queue()
        self.counted = 0
        self.stopping = False
        self.closing = threading.Lock()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self) -> None:
        while self.inbox.get() is not STOP:
            self.counted += 1

    def stop(self) -> int:
        self.inbox.put(STOP)
        self.thread.join()
        return self.counted


class FlagService(Service):
    def run(self) -> None:
        while not self.stopping:
            try:
                self.inbox.get(timeout=0.1)
            except Empty:
                continue
            self.counted += 1

    def stop(self) -> int:
        self.stopping = True
        self.thread.join()
        return self.counted


@holds(2)
def stopped_by_a_sentinel():
    service = Service()
    service.inbox.put("a")
    service.inbox.put("b")
    return service.stop()


@fails("finished", expect=2)
def stopped_by_a_flag():
    service = FlagService()
    service.inbox.put("a")
    service.inbox.put("b")
    return service.stop()


class ClosingService(Service):
    """Refuses what comes after the stop, but looks first and puts second."""

    def add(self) -> bool:
        if self.stopping:
            return False
        self.inbox.put("item")
        return True

    def stop(self) -> int:
        self.stopping = True
        return super().stop()


class ClosingServiceLocked(ClosingService):
    def add(self) -> bool:
        with self.closing:
            return super().add()

    def stop(self) -> int:
        with self.closing:
            self.stopping = True
            self.inbox.put(STOP)
        self.thread.join()
        return self.counted


def accepted_and_counted(service) -> bool:
    accepted, counted = together(service.add, service.stop)
    return accepted == (counted == 1)


@fails("finished", expect=True)
def added_behind_the_sentinel():
    return accepted_and_counted(ClosingService())


@holds(True)
def closed_under_the_lock_of_adding():
    return accepted_and_counted(ClosingServiceLocked())


@holds("all done")
def task_done_and_join():
    work = Queue()

    def worker():
        for _ in range(2):
            work.get()
            work.task_done()

    thread = threading.Thread(target=worker)
    thread.start()
    work.put(1)
    work.put(2)
    work.join()
    thread.join()
    return "all done"


@fails("deadlock", expect="all done")
def task_done_forgotten():
    work = Queue()
    together(lambda: work.put(1), work.get)
    work.join()
    return "all done"


@fails("raised", expect=None)
def task_done_twice():
    work = Queue()
    work.put(1)
    work.get()
    together(work.task_done, work.task_done)


@fails("deadlock", expect=[0, 1, 2])
def filled_and_drained_by_one_thread():
    work = Queue(maxsize=2)
    for item in range(3):
        work.put(item)
    return [work.get() for _ in range(3)]


@holds([0, 1, 2])
def filled_and_drained_by_two_threads():
    work = Queue(maxsize=1)

    def produce():
        for item in range(3):
            work.put(item)

    return together(produce, lambda: [work.get() for _ in range(3)])[1]


@fails("deadlock", expect=["error", None])
def producer_left_at_a_full_queue():
    work = Queue(maxsize=1)

    def produce():
        for item in range(3):
            work.put(item)

    def consume():
        try:
            if work.get() == 0:
                raise ValueError
        except ValueError:
            return "error"  # nobody takes the rest

    return together(consume, produce)


@fails("raised", expect=[None, 1])
def put_times_out():
    work = Queue(maxsize=1)
    work.put(1)

    def late():
        threading.Event().wait(2)
        return work.get()

    return together(lambda: work.put(2, timeout=1), late)


@holds(["full", 1])
def put_times_out_and_is_caught():
    work = Queue(maxsize=1)
    work.put(1)

    def put():
        try:
            work.put(2, timeout=1)
        except Full:
            return "full"

    def late():
        threading.Event().wait(2)
        return work.get()

    return together(put, late)


@holds([2, 1])
def lifo():
    stack = LifoQueue()
    together(lambda: [stack.put(1), stack.put(2)])
    return [stack.get(), stack.get()]


@holds([1, 2, 3])
def priorities():
    urgent = PriorityQueue()
    together(lambda: urgent.put(3), lambda: urgent.put(1), lambda: urgent.put(2))
    return [urgent.get() for _ in range(3)]


@fails("raised", expect=2)
def equal_priorities_compare_what_comes_next():
    jobs = PriorityQueue()
    together(lambda: jobs.put((1, {"name": "a"})), lambda: jobs.put((1, {"name": "b"})))
    return jobs.qsize()


@fails("finished", expect=[1, 2])
def order_between_two_producers():
    work = Queue()
    together(lambda: work.put(1), lambda: work.put(2))
    return [work.get(), work.get()]


@holds(["nothing", "item"])
def simple_queue_times_out():
    work = SimpleQueue()

    def impatient():
        try:
            return work.get(timeout=1)
        except queue.Empty:
            return "nothing"

    def patient():
        return work.get(timeout=3)

    def late():
        threading.Event().wait(2)
        work.put("item")

    return together(impatient, patient, late)[:2]


@holds([2, 4])
def reply_queue_for_each_request():
    requests = Queue()

    def owner():
        for _ in range(2):
            number, reply = requests.get()
            reply.put(number * 2)

    def ask(number):
        reply = Queue()
        requests.put((number, reply))
        return reply.get()

    return together(lambda: ask(1), lambda: ask(2), owner)[:2]


@fails("finished", expect=[2, 4])
def one_reply_queue_for_all():
    requests, replies = Queue(), Queue()

    def owner():
        for _ in range(2):
            replies.put(requests.get() * 2)

    def ask(number):
        requests.put(number)
        return replies.get()

    return together(lambda: ask(1), lambda: ask(2), owner)[:2]


@fails("deadlock", expect=["late", "answer"])
def owner_killed_by_a_bad_request():
    requests = Queue()

    def owner():
        try:
            while True:
                number, reply = requests.get()
                reply.put(10 // number)
        except ZeroDivisionError:
            return None

    def ask(number):
        reply = Queue()
        requests.put((number, reply))
        return reply.get()

    return together(lambda: ask(0), owner)


@holds([1, 4, 9])
def pipeline():
    numbers, squares = Queue(maxsize=1), Queue(maxsize=1)

    def read():
        for number in (1, 2, 3):
            numbers.put(number)
        numbers.put(STOP)

    def square():
        while (number := numbers.get()) is not STOP:
            squares.put(number**2)
        squares.put(STOP)

    def collect():
        got = []
        while (number := squares.get()) is not STOP:
            got.append(number)
        return got

    return together(read, square, collect)[2]


@fails("finished", expect=[1, 4])
def pipeline_in_completion_order():
    numbers, squares = Queue(), Queue()
    for number in (1, 2):
        numbers.put(number)

    def square():
        squares.put(numbers.get() ** 2)

    together(square, square)
    return [squares.get(), squares.get()]


@holds([1, 4])
def pipeline_in_input_order():
    numbers = Queue()
    for index, number in enumerate((1, 2)):
        numbers.put((index, number))
    squares = {}

    def square():
        index, number = numbers.get()
        squares[index] = number**2

    together(square, square)
    return [squares[0], squares[1]]


@fails("deadlock", expect="moved")
def get_while_holding_the_lock_of_put():
    lock = threading.Lock()
    work = Queue()

    def put():
        with lock:
            work.put("moved")

    def get():
        with lock:
            return work.get()

    return together(get, put)[0]


@holds(lambda waiting: waiting <= 1)
def back_pressure():
    work = Queue(maxsize=1)
    seen = []

    def produce():
        for item in range(2):
            work.put(item)
            seen.append(work.qsize())

    together(produce, lambda: [work.get(), work.get()])
    return max(seen)
