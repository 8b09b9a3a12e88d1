"""ThreadPoolExecutor and futures."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait

from .label import fails, holds


@holds([1, 4])
def map_keeps_the_order():
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda number: number**2, (1, 2)))


@fails("finished", expect=["slow", "quick"])
def completion_keeps_no_order():
    def work(name, seconds):
        time.sleep(seconds)
        return name

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(work, "slow", 2), pool.submit(work, "quick", 1)]
        return [future.result() for future in as_completed(futures)]


@fails("deadlock", expect="inner")
def pool_starved_by_its_own_tasks():
    with ThreadPoolExecutor(1) as pool:

        def outer():
            return pool.submit(lambda: "inner").result()

        return pool.submit(outer).result()


@holds("inner")
def pool_with_a_thread_to_spare():
    with ThreadPoolExecutor(2) as pool:

        def outer():
            return pool.submit(lambda: "inner").result()

        return pool.submit(outer).result()


@fails("deadlock", expect=["inner", "inner"])
def pool_of_two_starved_by_two():
    with ThreadPoolExecutor(2) as pool:

        def outer():
            return pool.submit(lambda: "inner").result()

        futures = [pool.submit(outer), pool.submit(outer)]
        return [future.result() for future in futures]


@fails("finished", expect=2)
def unlocked_total():
    total = 0

    def add():
        nonlocal total
        total += 1

    with ThreadPoolExecutor(2) as pool:
        pool.submit(add)
        pool.submit(add)
    return total


@holds(2)
def total_of_the_results():
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(lambda: 1), pool.submit(lambda: 1)]
    return sum(future.result() for future in futures)


@fails("raised", expect="no error")
def error_seen_at_the_result():
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(int, "x")
    future.result()
    return "no error"


@fails("finished", expect={"saved": True})
def error_never_looked_at():
    state = {"saved": False}

    def save():
        int("x")
        state["saved"] = True

    with ThreadPoolExecutor(1) as pool:
        pool.submit(save)
    return state


@fails("leaked", expect="submitted")
def pool_not_shut_down():
    pool = ThreadPoolExecutor(1)
    threading.current_thread().pool = pool  # kept alive: nothing ends its threads
    pool.submit(lambda: None).result()
    return "submitted"


@fails("raised", expect="late")
def submitted_after_the_shutdown():
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    return pool.submit(lambda: "late").result()


@fails("raised", expect="slow")
def result_waited_for_too_short():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: time.sleep(2) or "slow").result(timeout=1)


@holds("slow")
def result_waited_for_long_enough():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: time.sleep(2) or "slow").result(timeout=3)


@fails("raised", expect=["a", "b"])
def future_answered_twice():
    future: Future = Future()
    threads = [threading.Thread(target=future.set_result, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return future.result()


@holds(["done", "done"])
def one_future_waited_for_by_two():
    future: Future = Future()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(future.result) for _ in range(2)]
        future.set_result("done")
    return [each.result() for each in waiting]


@holds((1, 1))
def wait_with_a_timeout():
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(time.sleep, seconds) for seconds in (1, 3)]
        done, not_done = wait(futures, timeout=2)
    return len(done), len(not_done)


@holds(["called back"])
def callback_runs_once():
    called = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: None).add_done_callback(lambda future: called.append("called back"))
    return called


@fails("finished", expect=2)
def callbacks_share_a_total():
    totals = {"done": 0}

    def note(future):
        totals["done"] += 1

    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(lambda: None).add_done_callback(note)
    return totals["done"]


@holds(lambda seen: seen in ((True, []), (False, ["ran"])))
def cancelled_or_run():
    ran = []
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ran.append, "ran")
        cancelled = future.cancel()
    return cancelled, ran


@fails("finished", expect=[])
def cancel_taken_for_granted():
    ran = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(ran.append, "ran").cancel()
    return ran
