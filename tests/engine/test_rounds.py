"""Loops that wait: what polls for ever is found at once, and what changes anything out of sight is not called idle."""

from __future__ import annotations

import queue
import sched
import threading
import time

import pytest

from checker import explore, together

# -- loops that come to an end ----------------------------------------------------------------------------------------


def filled(make):
    jobs = make()
    for job in range(30):
        jobs.put(job)
    return jobs


def drain_a_queue():
    jobs = filled(queue.Queue)
    while not jobs.empty():
        jobs.get()


def drain_a_queue_slowly():
    jobs = filled(queue.PriorityQueue)
    while jobs.qsize():
        jobs.get()
        time.sleep(1)


def drain_until_empty():
    jobs = filled(queue.LifoQueue)
    try:
        while True:
            jobs.get_nowait()
    except queue.Empty:
        pass


def drain_a_simple_queue():
    jobs = filled(queue.SimpleQueue)
    while not jobs.empty():
        jobs.get()
        time.sleep(1)


def finish_all_jobs():
    jobs = filled(queue.Queue)
    try:
        while True:
            jobs.task_done()
    except ValueError:
        pass


def take_all_permits():
    permits = threading.Semaphore(30)
    while permits.acquire(blocking=False):
        pass


def take_all_permits_slowly():
    permits = threading.BoundedSemaphore(30)
    while permits.acquire(timeout=1):
        time.sleep(1)


def count_in_a_local_of_the_thread():
    own = threading.local()
    own.number = 0
    while own.number < 30:
        own.number += 1


def count_slowly():
    number = 0.0
    while number < 3:
        number += 0.1
        time.sleep(1)


def wait_for_a_time():
    end = time.monotonic() + 1000
    while time.monotonic() < end:
        time.sleep(1)


def run_all_events():
    done: list[int] = []
    scheduler = sched.scheduler()
    for number in range(30):
        scheduler.enter(number, 1, done.append, (number,))
    while scheduler.queue:
        scheduler.run(blocking=False)
        time.sleep(1)


def work_until_a_time():
    tries, end = [0], time.monotonic() + 0.5
    while time.monotonic() < end:
        tries[0] += 1


ENDING = [
    work_until_a_time,
    drain_a_queue,
    drain_a_queue_slowly,
    drain_until_empty,
    drain_a_simple_queue,
    finish_all_jobs,
    take_all_permits,
    take_all_permits_slowly,
    count_in_a_local_of_the_thread,
    count_slowly,
    wait_for_a_time,
    run_all_events,
]


@pytest.mark.parametrize("work", ENDING, ids=lambda work: work.__name__)
def test_a_loop_that_comes_to_an_end_is_no_livelock(work):
    found = explore(lambda: together(work, lambda: None))
    assert found.holds, found.failure.note


def spin_over_flags():
    ready = [False, False]

    def raise_flag(number):
        ready[number] = True

    workers = [threading.Thread(target=raise_flag, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    while not all(flag for flag in ready):
        pass
    for worker in workers:
        worker.join()
    return ready


def spin_over_threads():
    workers = [threading.Thread(target=time.sleep, args=(1,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        pass
    return [worker.is_alive() for worker in workers]


@pytest.mark.parametrize(
    ("spin", "seen"), [(spin_over_flags, [True, True]), (spin_over_threads, [False, False])], ids=["flags", "threads"]
)
def test_the_scenario_itself_may_spin_and_make_a_generator_in_each_round(spin, seen):
    found = explore(spin)
    assert list(found.outcomes) == [seen] and found.exhaustive


def test_a_spin_in_the_scenario_that_nobody_ends_is_found_at_once():
    def waits_for_a_flag():
        ready = [False]
        threading.Thread(target=lambda: None).start()
        while not any(flag for flag in ready):
            pass

    found = explore(waits_for_a_flag, patience=1000)
    assert found.outcome == "livelock"


def test_polling_ends_when_somebody_answers_late():
    def answered():
        done: list[int] = []

        def poll():
            while not done:
                time.sleep(1)

        def answer():
            time.sleep(1000)
            done.append(1)

        together(poll, poll, answer)

    assert explore(answered).holds


def test_trying_in_turns_is_no_polling_for_ever():
    """Two that try and give back may miss each other for long, but not for ever."""

    def both_get_through():
        left, right = threading.Lock(), threading.Lock()

        def take(first, second):
            while True:
                with first:
                    if second.acquire(blocking=False):
                        second.release()
                        return
                time.sleep(0.01)

        together(lambda: take(left, right), lambda: take(right, left))

    assert explore(both_get_through, seconds=1).holds


def test_who_counts_while_it_waits_does_not_keep_others_from_running():
    class Waits:
        rounds = 0

    def ended():
        waits, done = Waits(), []

        def wait():
            while not done:
                waits.rounds += 1

        together(wait, lambda: done.append(1))

    found = explore(ended, schedules=10)
    assert found.holds
    assert not found.exhaustive and "while others could run" in found.claim


# -- loops that do not ------------------------------------------------------------------------------------------------


def poll_a_list():
    done: list[int] = []
    while not done:
        time.sleep(0.01)


def poll_a_lock():
    lock = threading.Lock()
    lock.acquire()
    while not lock.acquire(timeout=0.1):
        pass


def poll_a_queue():
    jobs: queue.Queue[int] = queue.Queue()
    while True:
        try:
            jobs.get(timeout=0.1)
        except queue.Empty:
            pass


def poll_an_event():
    event = threading.Event()
    while not event.wait(0.1):
        pass


def poll_under_a_lock():
    lock, done = threading.Lock(), []
    while True:
        with lock:
            if done:
                break
        time.sleep(0.01)


POLLING = [poll_a_list, poll_a_lock, poll_a_queue, poll_an_event, poll_under_a_lock]


@pytest.mark.parametrize("delays", [False, True], ids=["", "delays"])
@pytest.mark.parametrize("poll", POLLING, ids=lambda poll: poll.__name__)
def test_polling_for_ever_is_said_at_once(poll, delays):
    for others, who in ((lambda: None, "T1 polls"), (poll, "T1 and T2 poll")):
        began = time.process_time()
        found = explore(lambda others=others: together(poll, others), delays=delays)
        assert found.outcome == "livelock"
        assert found.failure.note == f"{who} for ever: nobody can change what the loop waits for"
        assert time.process_time() - began < 4
        assert explore(lambda others=others: together(poll, others), delays=delays, replay=found.schedule).outcome == (
            "livelock"
        )


def test_rounds_that_write_the_same_for_ever_are_a_livelock():
    def flags_that_both_raise():
        flags = [True, True]

        def insist(mine, other):
            while flags[other]:
                flags[mine] = True

        together(lambda: insist(0, 1), lambda: insist(1, 0))

    began = time.process_time()
    found = explore(flags_that_both_raise)
    assert found.outcome == "livelock"
    assert found.failure.note.endswith("for ever: each round writes what the last one wrote")
    assert time.process_time() - began < 10
