"""ThreadPoolExecutor and futures: real against controlled."""

from __future__ import annotations

import concurrent.futures as futures
import threading
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, Future, ThreadPoolExecutor

import pytest
from sameness import assert_same, told, waited


@pytest.mark.parametrize("workers", [0, -1, "2"], ids=str)
def test_number_of_workers(workers):
    assert_same(lambda: told(ThreadPoolExecutor, workers))


def test_initializer_must_be_callable():
    assert_same(lambda: told(ThreadPoolExecutor, 1, initializer=5))


def test_submit_and_shutdown():
    def case():
        pool = ThreadPoolExecutor(1)
        results = [pool.submit(pow, 2, n).result() for n in range(2)]
        pool.shutdown()
        return results, told(pool.submit, pow, 2, 2), told(pool.map, str, [1]), told(pool.shutdown)

    assert_same(case)


def test_results_and_exceptions():
    def case():
        with ThreadPoolExecutor(1) as pool:
            good, bad = pool.submit(int, "5"), pool.submit(int, "five")
            return (
                told(good.result),
                told(good.exception),
                told(bad.result),
                told(lambda: type(bad.exception()).__name__),
                good.done(),
                bad.done(),
                good.cancel(),
                good.cancelled(),
                good.running(),
            )

    assert_same(case)


def test_exit_in_a_task_is_its_exception():
    def case():
        def leave():
            raise SystemExit(3)

        with ThreadPoolExecutor(1) as pool:
            return told(pool.submit(leave).result), told(pool.submit(int, "5").result)

    assert_same(case)


def test_result_times_out():
    def case():
        gate = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(gate.wait)
            seen = [
                waited(0.01, future.result, 0.01),
                waited(0.01, future.exception, timeout=0.01),
                told(future.result, 0),
                told(future.result, -1),
            ]
            gate.set()
            return seen, future.result()

    assert_same(case)


def test_cancel_before_it_runs():
    def case():
        gate, started = threading.Event(), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(lambda: started.set() or gate.wait())
            started.wait()
            queued = pool.submit(int)
            seen = [
                running.running(),
                running.cancel(),
                queued.cancel(),
                queued.cancel(),
                queued.cancelled(),
                queued.done(),
                told(queued.result),
                told(queued.exception),
            ]
            gate.set()
        return seen, running.result()

    assert_same(case)


def test_shutdown_cancels_what_has_not_begun():
    def case():
        gate, started = threading.Event(), threading.Event()
        pool = ThreadPoolExecutor(1)
        pool.submit(lambda: started.set() or gate.wait())
        started.wait()
        queued = pool.submit(int)
        pool.shutdown(wait=False, cancel_futures=True)
        gate.set()
        pool.shutdown()
        return queued.cancelled()

    assert_same(case)


@pytest.mark.parametrize(
    "arguments", [(pow, [2, 3], [3, 2]), (int, ["x", "3"]), (str, [])], ids=["two", "error", "none"]
)
def test_map(arguments):
    def case():
        with ThreadPoolExecutor(2) as pool:
            return told(lambda: list(pool.map(*arguments)))

    assert_same(case)


def test_map_times_out():
    def case():
        gate = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            seen = told(lambda: list(pool.map(lambda _: gate.wait(), [1], timeout=0.01)))
            gate.set()
        return seen

    assert_same(case)


@pytest.mark.parametrize("when", [ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION])
def test_wait(when):
    def case():
        gate = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            fast, slow = pool.submit(int, "x"), pool.submit(gate.wait)
            if when == ALL_COMPLETED:
                gate.set()
            done, not_done = futures.wait([fast, slow], return_when=when)
            gate.set()
            return fast in done, slow in done, len(not_done)

    assert_same(case)


def test_wait_with_a_bad_condition():
    assert_same(lambda: told(futures.wait, [Future()], return_when="sometimes"))


def test_wait_and_as_completed_time_out():
    def case():
        future = Future()
        done, not_done = futures.wait([future], timeout=0.01)
        return len(done), len(not_done), told(lambda: list(futures.as_completed([future], timeout=0.01)))

    assert_same(case)


def test_as_completed():
    def case():
        last, first, order = Future(), Future(), []
        thread = threading.Thread(target=first.set_result, args=("first",))
        thread.start()
        for future in futures.as_completed([last, first]):
            order.append(future.result())
            if future is first:
                last.set_result("last")
        thread.join()
        return order

    assert_same(case)


def test_future_by_hand():
    def case():
        future = Future()
        called = []
        future.add_done_callback(lambda done: called.append(done.result()))
        before = future.done(), future.running(), told(future.set_running_or_notify_cancel)
        future.set_result(5)
        future.add_done_callback(lambda done: called.append("late"))
        return before, called, told(future.result), told(future.set_result, 6).split(" <")[0]

    assert_same(case)


def test_names_and_initializer():
    def case():
        mine = threading.local()

        def start(value):
            mine.value = value

        with ThreadPoolExecutor(1, "helper", start, (7,)) as pool:
            return pool.submit(lambda: (threading.current_thread().name, mine.value)).result()

    assert_same(case)


def test_broken_initializer():
    def case():
        with ThreadPoolExecutor(1, initializer=lambda: {}["missing"]) as pool:
            return told(pool.submit(int).result)

    import logging

    logging.disable()
    try:
        assert_same(case)
    finally:
        logging.disable(logging.NOTSET)


@pytest.mark.slow
def test_a_pool_reuses_an_idle_thread():
    def case():
        with ThreadPoolExecutor(2) as pool:
            names = set()
            for _ in range(3):
                names.add(pool.submit(threading.get_ident).result())
        return 1 <= len(names) <= 2

    assert_same(case)
