"""What a story says of the standard library's calls, of values and names, and of how it ended: exact words.

Each scenario fails on purpose; a row reads "thread: source → what it did".
"""

import itertools
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from checker import explore, together
from checker.search.explorer import explore_scenario
from checker.story import html, tell
from checker.telling.moments import moments
from checker.telling.reasons import next_try, why
from checker.telling.text import Gap, difference_lines, shown


def failing(scenario, expect=None, **options):
    found = explore_scenario(scenario, allowed=lambda execution: execution.observation == expect, **options)
    assert found.failure is not None, found.claim
    found.expected = repr(expect)
    return found


def rows(found):
    return [f"{m.thread}: {m.source} → {', '.join(m.effects)}" for m in moments(found.failure)]


# -- calls of the library ----------------------------------------------------------------------------------------


def items_for_nobody():
    work = queue.Queue(maxsize=1)

    def produce():
        work.put("a")
        work.put("b")

    together(produce)


def test_a_queue_is_told_by_its_items():
    found = failing(items_for_nobody)
    assert rows(found) == [
        "T1: work.put(\"a\") → puts 'a' into work",
        'T1: work.put("b") → waits for room in work',
    ]
    assert "T1 waits for room in work (line" in tell(found)
    assert next_try(found) == "Who should have taken an item from work?"


def taken_and_not_reported():
    work = queue.Queue()
    work.put(1)
    together(work.get)
    work.join()


def test_the_join_of_a_queue_is_not_the_end_of_a_thread():
    found = failing(taken_and_not_reported)
    assert rows(found) == [
        "T1: work.get() → takes 1 from work",
        "main: work.join() → waits for all items of work to be reported done",
    ]
    assert "main waits for all items of work to be reported done" in tell(found)
    assert next_try(found) == "Who says task_done() for each item that was taken from work?"


def two_look_and_take():
    work = queue.Queue()
    work.put("job")

    def take():
        return None if work.empty() else work.get_nowait()

    return sorted(map(str, together(take, take)))


def test_a_look_at_a_queue_and_a_take_that_finds_nothing_are_told():
    effects = [
        effect for moment in moments(failing(two_look_and_take, ["None", "job"]).failure) for effect in moment.effects
    ]
    assert effects == [
        "finds 1 item in work", "finds 1 item in work", "takes 'job' from work", "finds no item in work",
        "raises _queue.Empty",
    ]  # fmt: skip


def set_and_cleared():
    pulse = threading.Event()

    def send():
        pulse.set()
        pulse.clear()

    together(pulse.wait, send)


def test_an_event_that_was_cleared_too_early():
    found = failing(set_and_cleared)
    assert rows(found) == [
        "T2: pulse.set() → sets pulse",
        "T2: pulse.clear() → clears pulse",
        "T1: pulse.wait() → waits for pulse to be set",
    ]
    assert why(found.failure) == "T2 set pulse (step 1) and cleared it (step 2) before T1 looked at it (step 3)."
    assert why(found.failure) in " ".join(tell(found).split()) and why(found.failure) in html(found)


def seen_unset_by_both():
    started = threading.Event()

    def start():
        if started.is_set():
            return False
        started.set()
        return True

    return sorted(together(start, start))


def test_a_look_at_an_event_is_told_in_the_line_that_looks():
    found = failing(seen_unset_by_both, [False, True])
    assert rows(found)[:2] == [
        "T1: if started.is_set(): → finds started not set",
        "T2: if started.is_set(): → finds started not set",
    ]


def notified_too_early():
    ready = threading.Condition()

    def wait():
        with ready:
            ready.wait()

    def wake():
        with ready:
            ready.notify()

    together(wait, wake)


def test_a_notify_that_nobody_hears():
    found = failing(notified_too_early)
    assert rows(found) == [
        "T2: with ready: → takes lock ready",
        "T2: ready.notify() → notifies ready: nobody waits",
        "T2: with ready: → releases lock ready",
        "T1: with ready: → takes lock ready",
        "T1: ready.wait() → releases ready and waits for a wake-up",
    ]
    assert why(found.failure) == (
        "T2 notified ready (step 2) when nobody waited; T1 began to wait only after that (step 5)."
    )


def permit_lost():
    permits = threading.Semaphore(2)

    def take():
        permits.acquire()

    together(take, take, take)


def test_a_semaphore_is_told_by_its_permits():
    found = failing(permit_lost)
    assert rows(found) == [
        "T1: permits.acquire() → takes a permit of permits (1 left)",
        "T2: permits.acquire() → takes a permit of permits (0 left)",
        "T3: permits.acquire() → waits for a permit of permits",
    ]
    assert next_try(found) == "Who should have released permits, on every way out?"


def one_too_few():
    meeting = threading.Barrier(3)
    together(meeting.wait, meeting.wait)


def test_a_barrier_that_not_enough_threads_reach():
    found = failing(one_too_few)
    assert rows(found) == [
        "T1: meeting.wait() → waits for the others at meeting",
        "T2: meeting.wait() → waits for the others at meeting",
    ]
    assert next_try(found) == "How many threads does meeting wait for, and how many come?"


def starved():
    with ThreadPoolExecutor(1) as pool:
        outer = pool.submit(lambda: pool.submit(int).result())
        return outer.result()


def test_a_pool_is_told_by_tasks_and_results():
    found = failing(starved, 0)
    effects = {effect for moment in moments(found.failure) for effect in moment.effects}
    assert {"hands a task to pool", "waits for the result of outer"} <= effects
    assert not any("lock" in effect for effect in effects)
    assert "main waits for the result of outer" in tell(found)


def one_pool_for_the_question_and_the_answer():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: pool.submit(int, "1").result()).result()


def test_a_future_without_a_name_has_one_number_in_steps_and_at_the_end():
    found = failing(one_pool_for_the_question_and_the_answer)
    assert rows(found)[0].endswith("waits for the result of Future#1")
    assert "main waits for the result of Future#1 (line" in tell(found)


def test_that_an_executor_cancels_what_has_ended_is_not_told():
    def mapped():
        with ThreadPoolExecutor(1) as pool:
            return list(pool.map(int, ["1"]))

    assert not any("cancel" in row for row in rows(failing(mapped, "another")))


def test_a_task_that_has_begun_cannot_be_cancelled():
    def cancelled_late():
        gate, began = threading.Event(), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(lambda: (began.set(), gate.wait()))
            began.wait()
            running.cancel()
            gate.set()

    assert any("cannot cancel running: it has begun" in row for row in rows(failing(cancelled_late, "another")))


def timer_forgotten():
    late = threading.Event()
    timer = threading.Timer(2, late.set)
    timer.start()
    timer.cancel()
    timer.join()
    return late.is_set()


def test_a_timer_is_told():
    effects = [effect for moment in moments(failing(timer_forgotten, True).failure) for effect in moment.effects]
    assert "cancels timer" in effects


# -- values and names --------------------------------------------------------------------------------------------


def one_end_for_two():
    jobs = queue.Queue()

    def work():
        while jobs.get() is not None:
            pass

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    jobs.put(None)
    for worker in workers:
        worker.join()


def test_the_end_that_is_waited_for_is_the_next_one():
    found = failing(one_end_for_two)
    waits = [moment.lanes["main"].waits for moment in moments(found.failure) if moment.thread != "main"]
    assert waits == ["the end of Thread-1 (work)", "the end of Thread-2 (work)"]
    assert "waits for the end of Thread-2 (work)</td>" in html(found)


def deleted_twice():
    table = {"a": 1}

    def remove():
        if "a" in table:
            del table["a"]

    together(remove, remove)


def test_a_deletion_is_told_and_not_when_it_fails():
    found = failing(deleted_twice)
    *_, first, second = rows(found)
    assert first.endswith("→ deletes table['a']") and second.endswith("""→ raises KeyError: 'a'""")
    assert why(found.failure) == (
        "T1 looked at table['a'] (step 1), but before it went on with it (step 4), T2 changed it (step 3)."
    )


def test_who_changed_what_another_went_over_is_named():
    def grows_meanwhile():
        scores, seen = {"ann": 1}, []

        def add():
            scores["bob"] = 2

        def total():
            for name in scores:
                seen.append(scores[name])

        together(add, total)

    found = failing(grows_meanwhile)
    assert why(found.failure) == "T2 was going over scores (from step 1 on) when T1 changed it (step 3)."


def both_find_no_key():
    counts = {}

    def count():
        counts["a"] = counts.get("a", 0) + 1

    together(count, count)
    return counts["a"]


def test_a_key_that_is_not_there_is_not_none():
    found = failing(both_find_no_key, 2)
    assert rows(found)[0] == 'T1: counts["a"] = counts.get("a", 0) + 1 → finds no counts[\'a\']'
    assert why(found.failure) == (
        "T1 found no counts['a'] (step 1), T2 then changed it (step 2), and T1 wrote 1 from what it had seen before "
        "(step 3): the change by T2 is lost."
    )


def kept_in_a_list():
    forks = [threading.Lock() for _ in range(2)]

    def eat(left, right):
        with forks[left]:
            with forks[right]:
                return "ate"

    return together(lambda: eat(0, 1), lambda: eat(1, 0))


def test_locks_in_a_list_are_called_by_their_places():
    found = failing(kept_in_a_list, ["ate", "ate"])
    assert rows(found) == [
        "T1: with forks[left]: → takes lock forks[0]",
        "T2: with forks[left]: → takes lock forks[1]",
    ]
    assert "T1 holds lock forks[0] and waits for lock forks[1], which T2 holds" in tell(found)


def a_lock_for_each_call():
    total = [0]

    def add():
        lock = threading.Lock()
        with lock:
            total[0] += 1

    together(add, add)
    return total


def test_two_locks_of_one_name_are_told_apart():
    found = failing(a_lock_for_each_call, [2])
    taken = [effect for moment in moments(found.failure) for effect in moment.effects if "lock" in effect]
    assert sorted(taken) == ["releases lock#1", "releases lock#2", "takes lock#1", "takes lock#2"]


class Purse:
    def __init__(self):
        self.lock = threading.Lock()
        self.money = 10

    def enough(self):
        with self.lock:
            return self.money >= 10

    def pay(self):
        if self.enough():
            with self.lock:
                self.money -= 10


def paid_twice():
    purse = Purse()
    together(purse.pay, purse.pay)
    return purse.money


def test_values_are_told_inside_of_locks_as_well():
    found = failing(paid_twice, 0)
    assert rows(found)[:3] == [
        "T1: with self.lock: → takes Purse.lock",
        "T1: return self.money >= 10 → reads 10",
        "T1: with self.lock: → releases Purse.lock",
    ]
    assert (
        why(found.failure)
        == "T1 looked at Purse.money = 10 (step 2), but T2 changed it (step 8) before T1 did (step 11)."
    )


# -- who runs, waits and holds -----------------------------------------------------------------------------------


def test_equal_threads_need_one_switch_only():
    def two_increments():
        counter = [0]

        def increment():
            counter[0] += 1

        together(increment, increment)
        return counter[0]

    found = failing(two_increments, 2)
    assert rows(found) == [
        "T1: counter[0] += 1 → reads 0",
        "T2: counter[0] += 1 → reads 0, writes 1",
        "T1: counter[0] += 1 → writes 1",
        "main: return counter[0] → reads 1",
    ]
    assert found.failure.preemptions == 1
    assert len(found.schedule.split()) == 2  # the version, and the one switch


def test_a_try_does_not_wait():
    def careless():
        lock = threading.Lock()
        done = []

        def work():
            done.append(lock.acquire(blocking=False))

        together(work, work)
        return done

    found = failing(careless, [True, True])
    assert not any(lane.waits for moment in moments(found.failure) for lane in moment.lanes.values())


def test_a_lock_that_main_took_before_is_told():
    def too_short():
        lock = threading.Lock()
        lock.acquire()
        return together(lambda: lock.acquire(timeout=0.5))

    found = failing(too_short, [True])
    assert [effect for moment in moments(found.failure) for effect in moment.effects] == [
        "takes lock", "gives up waiting for lock",
    ]  # fmt: skip
    assert "(holds lock)" in tell(found) or "│" in tell(found)


def test_who_releases_a_lock_that_another_holds_is_named():
    def refusal_ignored():
        lock = threading.Lock()

        def hold():
            with lock:
                time.sleep(1)

        def careless():
            lock.acquire(timeout=0.1)
            lock.release()

        together(hold, careless)

    found = failing(refusal_ignored)
    assert rows(found)[-1] == "T1: with lock: → raises RuntimeError: release unlocked lock"
    assert why(found.failure) == "T2 did not get lock (step 2), and yet released it (step 3) while T1 held it."


def test_main_and_a_thread_that_wait_for_each_other():
    def join_under_the_lock():
        lock = threading.Lock()
        thread = threading.Thread(target=lambda: lock.acquire(), name="worker")
        with lock:
            thread.start()
            thread.join()

    found = failing(join_under_the_lock)
    text = tell(found)
    assert text.startswith("✗ join_under_the_lock hung for ever (deadlock): main and worker wait for each other")
    assert "main holds lock and waits for the end of worker" in text
    assert next_try(found) == "Must main hold a lock while it waits for the end of worker?"


def test_who_keeps_a_lock_while_it_waits_is_named():
    def waits_inside():
        lock, go = threading.Lock(), threading.Event()

        def wait():
            with lock:
                go.wait()

        def send():
            with lock:
                go.set()

        together(wait, send)

    found = failing(waits_inside)
    assert why(found.failure) == "T1 waits for go to be set, and keeps lock, which T2 needs."


# -- how it ends -------------------------------------------------------------------------------------------------


def test_the_line_that_raised_is_the_last_row():
    def error_in_a_thread():
        def divide():
            return 1 // 0

        together(divide)

    found = failing(error_in_a_thread)
    with pytest.raises(ZeroDivisionError) as error:  # whose words differ between the versions of Python
        divmod(1, 0)
    assert rows(found) == [f"T1: return 1 // 0 → raises ZeroDivisionError: {error.value}"]


def test_a_scenario_without_threads_asks_for_no_steps():
    found = failing(lambda: [1, 2, 3], [1, 2, 4])
    assert (
        next_try(found)
        == "No other thread is needed: do by hand what the scenario does, and compare with the contract."
    )
    assert "follow the steps" not in tell(found)


def test_a_lone_deadlock_says_which_line_took_the_lock():
    def twice():
        lock = threading.Lock()
        with lock:
            lock.acquire()

    assert rows(failing(twice)) == ["main: with lock: → takes lock"]


@pytest.mark.parametrize(
    ("gave", "expected", "line"),
    [
        ({"a": 1, "longer": [1, 2, 3]}, {"a": 1, "longer": [1, 0, 3]}, "Differs:  ['longer'][1] is 2, expected 0"),
        ((1, 2, 3, 4, 5), (1, 2, 3, 4, 6), "Differs:  [4] is 5, expected 6"),
        ((1, 2), (1, 3), ""),
        ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], ""),
    ],
)
def test_the_one_place_where_values_differ_is_named(gave, expected, line):
    assert difference_lines(failing(lambda: gave, expected)) == ([line] if line else [])


def test_a_snapshot_thrown_away_is_not_the_reason():
    def seqlock():
        box = {"round": 0, "a": 0, "b": 0}

        def write():
            box["a"] = 1
            box["b"] = 1
            box["round"] = 1

        def read():
            while True:
                before, a, b = box["round"], box["a"], box["b"]
                if before == box["round"]:
                    return a == b

        return together(write, read)[1]

    found = failing(seqlock, True)
    text = why(found.failure)
    steps = [moment.number for moment in moments(found.failure) if moment.thread == "T2"]
    assert text == "" or f"(step {steps[-2]})" in text or f"(step {steps[-1]})" in text


class Pair:
    def __init__(self):
        self.a = self.b = 0

    def write(self):
        self.a = 1
        self.b = 1

    def read(self):
        return self.a == self.b


def seen_half_done():
    pair = Pair()
    return together(pair.write, pair.read)[1]


def test_a_change_that_is_seen_half_done():
    found = failing(seen_half_done, True)
    assert rows(found) == [
        "T1: self.a = 1 → writes 1",
        "T2: return self.a == self.b → reads Pair.a = 1, reads Pair.b = 0",
        "T1: self.b = 1 → writes 1",
    ]
    assert why(found.failure) == (
        "T2 looked at Pair.a and Pair.b (step 2) when T1 had changed the one (step 1) and not yet the other (step 3)."
    )


def test_who_counts_along_has_not_seen_a_change_half_done():
    class Crowd:
        def __init__(self):
            self.inside = self.most = 0

        def visit(self):
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.inside -= 1

    def crowded():
        crowd = Crowd()
        together(crowd.visit, crowd.visit)
        return crowd.most

    assert "not yet the other" not in why(failing(crowded, 1).failure)


def test_a_total_between_two_changes():
    def moved():
        shop = {"apples": 10, "pears": 0}
        lock = threading.Lock()

        def move():
            with lock:
                shop["apples"] -= 10
            with lock:
                shop["pears"] += 10

        def total():
            with lock:
                return sum(shop.values())

        return together(move, total)[1]

    assert why(failing(moved, 10).failure) == (
        "T2 looked at shop = {'apples': 0, 'pears': 0} (step 5) between two changes by T1 (step 2 and step 8)."
    )


def test_a_switch_there_and_back_is_left_out():
    def moved():
        done = []
        lock = threading.Lock()

        def twice():
            with lock:
                done.append("one")
            with lock:
                done.append("two")

        def once():
            with lock:
                done.append("between")

        together(twice, once)
        return done

    found = failing(moved, ["one", "two", "between"])
    assert found.failure.preemptions <= 1 and len(found.schedule.split()) == 2


def test_what_came_after_the_exception_is_no_reason():
    def one_raises():
        seen = []

        def work():
            seen.append("in")
            if len(seen) > 1:
                raise ValueError("two at once")
            seen.remove("in")

        together(work, work)

    found = failing(one_raises)
    last = len(moments(found.failure))
    assert rows(found)[-1].endswith("raises ValueError: two at once")
    assert (
        f"(step {last})" not in why(found.failure)
        or "changed" not in why(found.failure).split(f"(step {last})")[0][-20:]
    )


def test_threads_of_one_name_are_told_apart():
    def twins():
        lock = threading.Lock()
        both = [threading.Thread(target=lock.acquire, name="twin") for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()

    found = failing(twins)
    assert rows(found) == ["twin#1: lock.acquire(…) → takes lock"]
    assert "twin#2 waits for lock, which twin#1 holds" in tell(found)


def test_a_schedule_in_which_time_moves_by_itself_before_a_switch_replays():
    def nap():
        shop = {"apple": 10}
        lock = threading.Lock()
        calls = itertools.count(1)

        def move():
            time.sleep(0.001 * next(calls))
            with lock:
                shop["apple"] -= 10
                shop["pear"] = 10

        def count(item):
            time.sleep(0.001 * next(calls))
            return shop.get(item, 0)

        def look():
            return count("apple"), count("pear")

        return together(move, look)[1]

    found = explore_scenario(nap, allowed=lambda execution: sum(execution.observation) >= 10, delays=True)
    assert found.failure.note == "" and found.failure.observation == (0, 0)
    assert 'T1: shop["apple"] -= 10 → reads 10, writes 0' in rows(found)


# -- what is left out --------------------------------------------------------------------------------------------


def test_rounds_that_repeat_are_shown_twice():
    def polls():
        gone = [False]

        def poll():
            while not gone[0]:
                time.sleep(0.1)

        together(poll, lambda: None)

    found = failing(polls, max_steps=600)
    told = moments(found.failure)
    parts = shown(told, 20, set())
    assert len(parts) == 3 and parts[-1] == Gap(len(told) - 2, alike=True)
    assert f"⋮  {len(told) - 2} more steps, the same again and again" in tell(found)


def test_one_step_is_shown_rather_than_left_out():
    told = moments(failing(paid_twice, 0).failure)
    parts = shown(told, len(told) - 1, set())
    assert parts == told


@pytest.mark.parametrize("scenario", [set_and_cleared, two_look_and_take, kept_in_a_list, paid_twice, permit_lost])
def test_what_is_told_is_what_replay_does(scenario):
    found = failing(scenario)
    again = explore(scenario, replay=found.schedule)
    shown_again = again.failure if again.failure is not None else failing(scenario, replay=found.schedule).failure
    assert shown_again.steps == found.failure.steps


def test_a_long_story_leaves_out_values_inside_of_locks():
    def many():
        counter = [0]
        lock = threading.Lock()

        def work():
            for _ in range(12):
                with lock:
                    counter[0] += 1

        together(work, work)
        return 0

    found = failing(many, 1)
    effects = {effect for moment in moments(found.failure) for effect in moment.effects}
    assert effects == {"takes and releases lock"}
