"""Lock and RLock: every argument, return value and error message, real against controlled."""

from __future__ import annotations

import _thread
import copy
import math
import pickle
import threading
import weakref
from threading import TIMEOUT_MAX, Lock, RLock

import pytest
from sameness import assert_same, told, waited

KINDS = pytest.mark.parametrize("make", [Lock, RLock], ids=["Lock", "RLock"])

#: Arguments of acquire() that end at once or within a moment, on a free lock and on a held one.
ARGUMENTS = [
    ((False,), {}),
    ((0,), {}),
    ((True, 0.01), {}),
    ((True, 0), {}),
    ((1, 0.0), {}),
    ((False, -1), {}),
    ((False, -1.0), {}),
    ((False, 0), {}),
    ((False, 0.1), {}),
    ((), {"timeout": 0.01}),
    ((), {"timeout": 0}),
    ((), {"timeout": False}),
    ((), {"timeout": None}),
    ((), {"timeout": -2}),
    ((), {"timeout": -0.5}),
    ((), {"timeout": -1e-9}),
    ((), {"timeout": math.nan}),
    ((), {"timeout": math.inf}),
    ((), {"timeout": -math.inf}),
    ((), {"timeout": TIMEOUT_MAX * 2}),
    ((), {"timeout": "1"}),
    ((), {"timeout": [1]}),
    ((), {"blocking": False}),
    ((), {"blocking": False, "timeout": 1}),
    ((), {"blocking": False, "timeout": -1}),
    ((), {"block": True}),
    ((True, 1, 1), {}),
    ((True,), {"blocking": True}),
]

#: Arguments that wait for ever, or for very long, on a held lock.
PATIENT = [
    ((), {}),
    ((True,), {}),
    ((True, -1), {}),
    ((), {"timeout": -1}),
    ((), {"timeout": -1.0}),
    ((), {"timeout": True}),
    ((), {"timeout": TIMEOUT_MAX}),
    ((), {"timeout": 3600}),
    ((0.1,), {}),  # the classic slip: a TypeError up to 3.11, waits for ever from 3.12 on
    (("no",), {}),
]

#: Not numbers: a TypeError up to 3.11, their truth value from 3.12 on.
FALSY = [((None,), {}), (([],), {})]


def written(arguments):
    args, options = arguments
    return ",".join([*map(str, args), *(f"{name}={value}" for name, value in options.items())]) or "nothing"


@KINDS
@pytest.mark.parametrize("arguments", ARGUMENTS + PATIENT + FALSY, ids=written)
def test_acquire_of_a_free_lock(make, arguments):
    args, options = arguments

    def case():
        lock = make()
        got = told(lock.acquire, *args, **options)
        return got, type(got).__name__, told(lock.release)

    assert_same(case)


@KINDS
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=written)
def test_acquire_of_a_lock_that_another_thread_holds(make, arguments):
    args, options = arguments
    asked = (args[1:] or (options.get("timeout", 0),))[0]
    seconds = asked if isinstance(asked, float) and asked == 0.01 else 0

    def case():
        lock = make()
        lock.acquire()
        box = []
        thread = threading.Thread(target=lambda: box.append(waited(seconds, lock.acquire, *args, **options)))
        thread.start()
        thread.join()
        return box[0], told(lock.release)

    assert_same(case)


@KINDS
@pytest.mark.parametrize("arguments", PATIENT, ids=written)
def test_acquire_waits_until_the_lock_is_free(make, arguments):
    args, options = arguments

    def case():
        lock = make()
        lock.acquire()
        box = []

        def take():
            box.append(told(lock.acquire, *args, **options))
            if box == [True]:
                lock.release()

        thread = threading.Thread(target=take)
        thread.start()
        lock.release()
        thread.join()
        return box, told(lock.acquire, False)

    assert_same(case)


@KINDS
def test_release_of_a_free_lock(make):
    assert_same(lambda: told(make().release))


@KINDS
def test_release_twice(make):
    def case():
        lock = make()
        lock.acquire()
        return told(lock.release), told(lock.release), told(lock.acquire, False)

    assert_same(case)


@KINDS
def test_release_by_another_thread(make):
    def case():
        lock = make()
        lock.acquire()
        box = []
        thread = threading.Thread(target=lambda: box.append(told(lock.release)))
        thread.start()
        thread.join()
        return box, told(lock.release)

    assert_same(case)


@KINDS
def test_a_thread_takes_it_again(make):
    def case():
        lock = make()
        lock.acquire()
        again = waited(0, lock.acquire, timeout=0.01)
        return again, told(lock.release), told(lock.release), told(lock.release)

    assert_same(case)


@KINDS
def test_with(make):
    def case():
        lock = make()
        with lock as entered:
            inside = told(lock.acquire, False)
        left = told(lock.release)
        try:
            with lock:
                raise KeyError("body")
        except KeyError as error:
            return entered, inside, left, str(error), told(lock.acquire, blocking=False)

    assert_same(case)


@KINDS
def test_locked(make):
    def case():
        lock = make()
        before = told(lambda: lock.locked())
        with lock:
            return before, told(lambda: lock.locked())

    assert_same(case)


@KINDS
def test_enter_and_exit_by_name(make):
    def case():
        lock = make()
        return lock.__enter__(), lock.__exit__(None, None, None), told(lock.__exit__, None, None, None)

    assert_same(case)


@KINDS
def test_pickle_and_copy(make):
    assert_same(lambda: [told(act, make()) for act in (pickle.dumps, copy.copy, copy.deepcopy)])


@KINDS
def test_identity(make):
    def case():
        a, b = make(), make()
        return (
            a == b,
            a == a,  # noqa: PLR0124
            len({a, b}),
            bool(a),
            weakref.ref(a)() is a,
            type(a).__name__,
            type(a).__module__,
            type(a) is type(b),
            told(setattr, a, "name", "mine"),
            repr(a).split(" object")[0],
        )

    assert_same(case)


def test_types():
    def case():
        return (
            isinstance(threading.Lock, type),
            isinstance(threading.RLock, type),
            told(isinstance, Lock(), threading.Lock),
            isinstance(Lock(), type(threading.Lock())),
            isinstance(Lock(), _thread.LockType),
            isinstance(_thread.allocate_lock(), _thread.LockType),
            isinstance(RLock(), _thread.RLock),
        )

    assert_same(case)


def test_old_names():
    def case():
        lock = _thread.allocate_lock()
        return lock.acquire_lock(), lock.locked_lock(), lock.release_lock(), lock.locked()

    assert_same(case)


def test_rlock_counts():
    def case():
        lock = RLock()
        for _ in range(3):
            lock.acquire()
        free = []
        for _ in range(3):
            lock.release()
            thread = threading.Thread(target=lambda: free.append(lock.acquire(False)))
            thread.start()
            thread.join()
        return free

    assert_same(case)


def test_arguments_are_looked_at_before_the_owner():
    def case():
        lock = RLock()
        with lock:
            return told(lock.acquire, timeout=-5), told(lock.acquire, False, 1), told(lock.acquire, timeout=0)

    assert_same(case)
