"""Event and Barrier: telling others, and meeting them."""

from __future__ import annotations

import threading
from threading import Barrier, BrokenBarrierError, Event

from checker import together

from .label import fails, holds


@holds(1)
def event_before_reading():
    ready = Event()
    box = {}

    def write():
        box["value"] = 1
        ready.set()

    def read():
        ready.wait()
        return box["value"]

    return together(read, write)[0]


@fails("raised", expect=1)
def event_set_too_early():
    ready = Event()
    box = {}

    def write():
        ready.set()
        box["value"] = 1

    def read():
        ready.wait()
        return box["value"]

    return together(read, write)[0]


@fails("deadlock", expect=[True, None])
def event_set_and_cleared():
    pulse = Event()

    def send():
        pulse.set()
        pulse.clear()

    return together(pulse.wait, send)


@fails("finished", expect=1)
def event_wait_result_ignored():
    ready = Event()
    box = {"value": 0}

    def write():
        threading.Event().wait(2)  # two seconds of something else
        box["value"] = 1
        ready.set()

    def read():
        ready.wait(1)
        return box["value"]

    return together(read, write)[0]


@fails("finished", expect=[False, True])
def event_as_a_claim():
    started = Event()

    def start():
        if started.is_set():
            return False
        started.set()
        return True

    return sorted(together(start, start))


@fails("deadlock", expect=["answer to 1", "answer to 2"])
def event_used_again_without_clearing_in_time():
    asked, answered = Event(), Event()
    box = {}

    def server():
        for _ in range(2):
            asked.wait()
            box["answer"] = f"answer to {box['question']}"
            answered.set()
            asked.clear()  # may wipe out the next question

    def client():
        answers = []
        for number in (1, 2):
            box["question"] = number
            asked.set()
            answered.wait()
            answered.clear()
            answers.append(box["answer"])
        return answers

    return together(client, server)[0]


@holds(["answer to 1", "answer to 2"])
def event_cleared_before_the_answer():
    asked, answered = Event(), Event()
    box = {}

    def server():
        for _ in range(2):
            asked.wait()
            asked.clear()
            box["answer"] = f"answer to {box['question']}"
            answered.set()

    def client():
        answers = []
        for number in (1, 2):
            box["question"] = number
            asked.set()
            answered.wait()
            answered.clear()
            answers.append(box["answer"])
        return answers

    return together(client, server)[0]


@fails("deadlock", expect=[None, None])
def two_events_waited_for_crosswise():
    a, b = Event(), Event()

    def first():
        b.wait()
        a.set()

    def second():
        a.wait()
        b.set()

    return together(first, second)


@holds([["a", "b"], ["a", "b"]])
def barrier_between_two_phases():
    barrier = Barrier(2)
    written = []

    def work(name):
        written.append(name)
        barrier.wait()
        return sorted(written)

    return together(lambda: work("a"), lambda: work("b"))


@fails("finished", expect=[["a", "b"], ["a", "b"]])
def no_barrier_between_two_phases():
    written = []

    def work(name):
        written.append(name)
        return sorted(written)

    return together(lambda: work("a"), lambda: work("b"))


@holds([0, 1])
def barrier_gives_each_its_number():
    barrier = Barrier(2)
    return sorted(together(barrier.wait, barrier.wait))


@fails("deadlock", expect=[0, 1])
def barrier_for_one_too_many():
    barrier = Barrier(3)
    return sorted(together(barrier.wait, barrier.wait))


@fails("deadlock", expect=None)
def barrier_with_threads_run_one_after_the_other():
    barrier = Barrier(2)
    for _ in range(2):
        thread = threading.Thread(target=barrier.wait)
        thread.start()
        thread.join()  # the first waits for a second that is never started


@holds(["broken", "broken"])
def barrier_times_out_for_all():
    barrier = Barrier(3, timeout=5)

    def wait():
        try:
            barrier.wait()
        except BrokenBarrierError:
            return "broken"

    return together(wait, wait)


@fails("raised", expect=[None, None])
def barrier_aborted_on_an_error():
    barrier = Barrier(2)

    def careful():
        try:
            raise ValueError
        except ValueError:
            barrier.abort()

    return together(barrier.wait, careful)


@holds((2, [0, 1]))
def barrier_action_runs_once():
    rounds = []
    barrier = Barrier(2, action=lambda: rounds.append(len(rounds)))

    def work():
        barrier.wait()
        barrier.wait()

    together(work, work)
    return len(rounds), rounds


class Meeting:
    """A barrier for one use made of an Event; a second round goes straight through."""

    def __init__(self, parties: int) -> None:
        self.parties = parties
        self.come = 0
        self.lock = threading.Lock()
        self.all_here = Event()

    def wait(self) -> None:
        with self.lock:
            self.come += 1
            if self.come == self.parties:
                self.all_here.set()
        self.all_here.wait()


@holds([2, 2])
def hand_made_barrier_once():
    meeting = Meeting(2)

    def work():
        meeting.wait()
        return meeting.come

    return together(work, work)


@fails("finished", expect=[4, 4])
def hand_made_barrier_used_twice():
    meeting = Meeting(2)

    def work():
        meeting.wait()
        meeting.wait()
        return meeting.come

    return together(work, work)
