"""Thread and the functions of the threading module: real against controlled."""

from __future__ import annotations

import _thread
import sys
import threading
import time
from threading import Thread, current_thread, get_ident, main_thread

import pytest
from sameness import ODD, assert_same, told, waited

from checker import explore


def test_life_of_a_thread():
    def case():
        seen = []
        thread = Thread(target=lambda: seen.append(thread.is_alive()), name="worker", daemon=True)
        before = thread.name, thread.daemon, thread.ident, thread.native_id, thread.is_alive()
        thread.start()
        thread.join()
        return before, seen, thread.is_alive(), type(thread.ident).__name__, told(thread.join), thread.join(0)

    assert_same(case)


def test_misuse():
    def case():
        thread = Thread(target=int)
        seen = [
            told(thread.join),
            told(Thread, group=1),
            told(Thread, None, int, "name", 5, {}, 6),
            told(Thread.__init__),
            told(current_thread().join),
        ]
        thread.start()
        thread.join()
        seen.append(told(thread.start))
        seen.append(told(setattr, thread, "daemon", True))
        return seen

    assert_same(case)


def test_daemon_of_a_running_thread():
    def case():
        gate = threading.Event()
        thread = Thread(target=gate.wait)
        thread.start()
        result = told(setattr, thread, "daemon", True)
        gate.set()
        thread.join()
        return result

    assert_same(case)


def test_thread_not_initialised():
    class Careless(Thread):
        def __init__(self):
            pass

    assert_same(lambda: (told(lambda: Careless().start()), told(lambda: Careless().daemon)))


@pytest.mark.parametrize("timeout", [0.01, 0, -1, -0.5, None], ids=str)
def test_join_of_a_waiting_thread(timeout):
    seconds = timeout if timeout == 0.01 else 0

    def case():
        gate = threading.Event()
        thread = Thread(target=gate.wait, daemon=True)
        thread.start()
        result = waited(seconds, thread.join, timeout) if timeout is not None else None
        alive = thread.is_alive()
        gate.set()
        thread.join(timeout=None)
        return result, alive, thread.is_alive()

    assert_same(case)


@pytest.mark.parametrize("timeout", ODD, ids=str)
def test_join_with_an_odd_timeout(timeout):
    def case():
        gate = threading.Event()
        thread = Thread(target=gate.wait, daemon=True)
        thread.start()
        result = told(thread.join, timeout)
        gate.set()
        thread.join()
        return result

    assert_same(case)


def test_join_by_two():
    def case():
        gate = threading.Event()
        thread = Thread(target=gate.wait)
        thread.start()
        others = [Thread(target=thread.join), Thread(target=thread.join, args=(60,))]
        for other in others:
            other.start()
        gate.set()
        for other in others:
            other.join()
        return thread.is_alive()

    assert_same(case)


def test_names():
    def case():
        def work():
            pass

        plain, given, of_a_target = Thread(), Thread(name="me"), Thread(target=work)
        plain_name, target_name = plain.name.split("-")[0], of_a_target.name.split(" ")[-1]
        given.name = 5
        return plain_name, given.name, target_name, told(lambda: Thread(name="").name.split("-")[0])

    assert_same(case)


def test_numbers_go_up():
    def case():
        first, second = (int(Thread().name.split("-")[1]) for _ in range(2))
        return second - first

    assert_same(case)


def test_who_am_i():
    def case():
        seen = []

        def look():
            me = current_thread()
            seen.append(
                (
                    me is thread,
                    me.ident == get_ident() == _thread.get_ident(),
                    me.name,
                    me is main_thread(),
                    me.native_id == threading.get_native_id(),
                    me in threading.enumerate(),
                )
            )

        thread = Thread(target=look, name="me")
        thread.start()
        thread.join()
        return seen, thread in threading.enumerate(), thread.ident != get_ident()

    assert_same(case)


def test_the_main_thread():
    def case():
        main = main_thread()
        return current_thread() is main, main.name, main.daemon, main.is_alive(), told(main.start)

    plain = case()
    assert [row.observation for row in explore(case).outcomes.rows] == [plain]


def test_counting():
    def case():
        before = threading.active_count()
        gate = threading.Event()
        threads = [Thread(target=gate.wait) for _ in range(2)]
        counts = []
        for thread in threads:
            thread.start()
            counts.append(threading.active_count() - before)
        gate.set()
        for thread in threads:
            thread.join()
        return counts, threading.active_count() - before

    assert_same(case)


def test_daemon_is_inherited():
    def case():
        seen = []

        def parent():
            child = Thread(target=int)
            seen.append((child.daemon, Thread(daemon=False).daemon))

        thread = Thread(target=parent, daemon=True)
        thread.start()
        thread.join()
        return seen, Thread().daemon == current_thread().daemon

    assert_same(case)


def test_arguments():
    def case():
        seen = []
        thread = Thread(target=lambda *args, **options: seen.append((args, options)), args=[1], kwargs={"a": 2})
        thread.start()
        thread.join()
        idle = Thread()
        idle.start()
        idle.join()
        return seen, idle.is_alive()

    assert_same(case)


def test_subclass():
    class Doubler(Thread):
        def __init__(self, number):
            super().__init__(name=f"doubler of {number}")
            self.number = number

        def run(self):
            self.number *= 2

        def join(self, timeout=None):
            super().join(timeout)
            return self.number

    def case():
        thread = Doubler(4)
        thread.start()
        return thread.join(), thread.name

    assert_same(case)


def test_repr():
    def case():
        gate = threading.Event()
        thread = Thread(target=gate.wait, name="me")
        seen = [repr(thread)]
        thread.start()
        seen.append(repr(thread).split(" started")[0])
        gate.set()
        thread.join()
        seen.append(repr(thread).split(" stopped")[0])
        return seen

    assert_same(case)


def test_excepthook_is_told():
    def case():
        told_of = []
        before = threading.excepthook
        threading.excepthook = lambda args: told_of.append(
            (args.exc_type.__name__, str(args.exc_value), args.thread.name, args.exc_traceback is not None)
        )
        try:
            thread = Thread(target=int, args=("x",), name="me")
            thread.start()
            thread.join()
        finally:
            threading.excepthook = before
        return told_of

    assert_same(case)


def test_an_uncaught_error_raises_and_is_named():
    def scenario():
        thread = Thread(target=int, args=("x",), name="me")
        thread.start()
        thread.join()

    exploration = explore(scenario)
    assert exploration.outcome == "raised"
    assert "ValueError" in exploration.failure.error


@pytest.mark.parametrize(
    "leave", [sys.exit, lambda: sys.exit(1), lambda: _thread.exit()], ids=["exit", "exit(1)", "_thread.exit"]
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # of the real thread
def test_exit_ends_only_its_thread(leave):
    def case():
        thread = Thread(target=leave)
        thread.start()
        thread.join()
        return thread.is_alive()

    assert_same(case)


def test_start_new_thread():
    def case():
        done = threading.Lock()
        done.acquire()
        seen = []

        def work(*args, **options):
            seen.append((args, options))
            done.release()

        ident = _thread.start_new_thread(work, (1,), {"a": 2})
        done.acquire()
        return (
            seen,
            type(ident),
            told(_thread.start_new_thread, 5, ()),
            told(_thread.start_new_thread, work, 5),
        )

    assert_same(case)


def test_constants_and_settings():
    def case():
        return (
            threading.TIMEOUT_MAX,
            threading.stack_size(),
            told(threading.stack_size, 5),
            threading.gettrace() is None or True,
            sys.getswitchinterval(),
            threading.ThreadError is RuntimeError,
        )

    assert_same(case)


@pytest.mark.parametrize("seconds", [0, 0.01, False, -1, -0.001, "1", None, float("nan"), []], ids=str)
def test_sleep(seconds):
    asked = seconds if isinstance(seconds, float) and seconds > 0 else 0
    assert_same(lambda: waited(asked, time.sleep, seconds))


def test_sleep_without_arguments():
    assert_same(lambda: (told(time.sleep), told(time.sleep, 1, 2), told(time.sleep, secs=1)))


def test_clocks():
    def case():
        kinds = []
        for name in ("time", "monotonic", "perf_counter"):
            before, whole = getattr(time, name)(), getattr(time, name + "_ns")()
            time.sleep(0.01)
            after = getattr(time, name)()
            kinds.append((type(before).__name__, type(whole).__name__, 0.0099 < after - before < 600))
            kinds.append(abs(whole / 1e9 - before) < 600)
        return kinds

    assert_same(case)
