"""Library code in Python, and peeks behind its locks: the wrong program fails, its mended form covers all schedules."""

from __future__ import annotations

import queue
from collections import ChainMap, Counter, UserDict, UserList
from concurrent.futures import Future
from contextlib import ExitStack
from threading import BoundedSemaphore, Lock, Semaphore

import pytest

from checker import explore, together
from checker.outcomes import FINISHED


def results(scenario):
    found = explore(scenario)
    return {row.observation if row.outcome == FINISHED else row.outcome for row in found.outcomes.rows}, found


def twice(change):
    """The change by two threads, without and with a lock around it."""
    lock = Lock()

    def locked():
        with lock:
            change()

    return lambda: together(change, change), lambda: together(locked, locked)


# -- methods of containers that take several steps --------------------------------------------------------------------


def counted(change):
    def run(how):
        def scenario():
            counter = Counter()
            twice(lambda: change(counter))[how]()
            return counter["a"]

        return scenario

    return run


@pytest.mark.parametrize(
    "change, one, both",
    [
        (lambda counter: counter.update({"a": 1}), 1, 2),
        (lambda counter: counter.update(a=1), 1, 2),
        (lambda counter: counter.subtract("a"), -1, -2),
    ],
    ids=["update", "update by name", "subtract"],
)
def test_a_counter_may_lose_an_update(change, one, both):
    assert results(counted(change)(0))[0] == {one, both}
    seen, found = results(counted(change)(1))
    assert seen == {both} and found.exhaustive


def test_counting_letters_is_one_step_of_c():
    seen, found = results(counted(lambda counter: counter.update("a"))(0))
    assert seen == {2} and found.exhaustive

    def who_comes_first():
        counter = Counter()
        return together(lambda: counter.update("a"), lambda: counter["a"])[1]

    assert results(who_comes_first)[0] == {0, 1}


@pytest.mark.parametrize(
    "make, expected",
    [(UserDict, {("x", "x"), ("y", "y"), ("x", "y")}), (dict, {("x", "x"), ("y", "y")})],
    ids=["UserDict", "dict"],
)
def test_setdefault_of_a_user_dict_is_no_single_step(make, expected):
    def first_value_for_both():
        names = make()
        return tuple(together(lambda: names.setdefault("k", "x"), lambda: names.setdefault("k", "y")))

    seen, found = results(first_value_for_both)
    assert seen == expected and found.exhaustive


def test_pop_of_a_user_dict_may_find_nothing_left():
    def one_gets_it():
        names = UserDict(k=1)
        return tuple(together(lambda: names.pop("k", None), lambda: names.pop("k", None)))

    assert results(one_gets_it)[0] == {(1, None), (None, 1), "raised"}


def test_the_list_inside_a_user_list_is_the_same_place():
    def one_alone_appends():
        names = UserList()

        def append():
            if not names.data:
                names.append(1)

        together(append, append)
        return len(names)

    assert results(one_alone_appends)[0] == {1, 2}


def test_get_of_a_chain_map_looks_twice():
    def there_or_the_default():
        settings = ChainMap({"k": 1})
        return together(lambda: settings.get("k", 0), lambda: settings.maps[0].pop("k"))[0]

    assert results(there_or_the_default)[0] == {0, 1, "raised"}


# -- functions of C that the library calls ----------------------------------------------------------------------------


def exit_stack(out):
    with ExitStack() as stack:
        stack.callback(out.append, "called")


def done_callback(out):
    future = Future()
    future.add_done_callback(lambda _: None)
    future.add_done_callback(out.append)
    future.set_result(1)


@pytest.mark.parametrize("work", [exit_stack, done_callback])
def test_functions_of_c_handed_to_the_library_are_seen(work):
    def who_comes_first():
        out = []
        together(lambda: work(out), lambda: out.append("direct"))
        return out.index("direct")

    assert results(who_comes_first)[0] == {0, 1}


# -- peeks --------------------------------------------------------------------------------------------------------


def peek(make, before, look, change):
    def before_and_after():
        thing = make()
        before(thing)
        return together(lambda: look(thing), lambda: change(thing))[0]

    return before_and_after


def nothing(_):
    pass


@pytest.mark.parametrize(
    "scenario",
    [
        peek(lambda: Semaphore(1), nothing, lambda s: s._value, lambda s: s.acquire()),
        peek(lambda: BoundedSemaphore(1), lambda s: s.acquire(), lambda s: s._value, lambda s: s.release()),
        peek(lambda: queue.Queue(), nothing, lambda q: len(q.queue), lambda q: q.put(1)),
        peek(lambda: queue.LifoQueue(), nothing, lambda q: len(q.queue), lambda q: q.put(1)),
        peek(lambda: queue.PriorityQueue(), nothing, lambda q: len(q.queue), lambda q: q.put(1)),
        peek(lambda: queue.Queue(), nothing, lambda q: int(bool(q.queue)), lambda q: q.put(1)),
        peek(lambda: queue.Queue(), lambda q: q.put(1), lambda q: q.unfinished_tasks, lambda q: q.task_done()),
    ],
    ids=["semaphore", "bounded", "queue", "lifo", "priority", "truth", "unfinished"],
)
def test_a_peek_sees_both_before_and_after(scenario):
    seen, found = results(scenario)
    assert seen == {0, 1} and found.exhaustive


def test_looking_at_a_semaphore_before_taking_it_is_check_then_act():
    def never_refused():
        semaphore = Semaphore(1)

        def take():
            if semaphore._value > 0:
                assert semaphore.acquire(blocking=False)

        together(take, take)

    assert results(never_refused)[0] == {None, "raised"}


def emptying(look):
    def never_empty():
        jobs = queue.Queue()
        jobs.put(1)
        lock = Lock()

        def take():
            with look(lock):
                if len(jobs.queue):
                    jobs.get_nowait()

        together(take, take)

    return never_empty


def test_looking_into_a_queue_before_getting_is_check_then_act():
    assert results(emptying(lambda _: ExitStack()))[0] == {None, "raised"}
    seen, found = results(emptying(lambda lock: lock))
    assert seen == {None} and found.exhaustive


# -- classes ----------------------------------------------------------------------------------------------------------


class Base:
    limit = 0


class Derived(Base):
    limit = 5

    def base_limit(self):
        return super().limit

    @classmethod
    def limit_of_base(cls):
        return super().limit


@pytest.mark.parametrize("look", [lambda: Derived().base_limit(), Derived.limit_of_base])
def test_an_attribute_read_through_super(look):
    def set_limit():
        Base.limit = 1

    seen, found = results(lambda: together(look, set_limit)[0])
    assert seen == {0, 1} and found.exhaustive


class Open:
    def closing(self):
        assert type(self) is Open
        self.close()

    def close(self):
        self.__class__ = Closed


class Closed(Open):
    def close(self):
        raise ValueError("closed twice")


def test_an_object_that_changes_its_class():
    def closed_once():
        door = Open()

        def close():
            if type(door) is Open:
                door.close()

        together(close, close)

    seen, found = results(closed_once)
    assert seen == {None, "raised"}
    assert not found.exhaustive


# -- what is one step here and more in truth ---------------------------------------------------------------------------


def test_sorting_by_a_key_what_others_look_at_is_named_in_the_claim():
    def sorting(lock):
        def scenario():
            scores = [3, 1, 2]

            def sort():
                with lock():
                    scores.sort(key=lambda score: -score)

            def look():
                with lock():
                    return len(scores)

            return together(sort, look)[1]

        return scenario

    seen, found = results(sorting(ExitStack))
    assert not found.exhaustive and "sort() calls code between its looks" in found.claim
    lock = Lock()
    seen, found = results(sorting(lambda: lock))
    assert seen == {3} and found.exhaustive
