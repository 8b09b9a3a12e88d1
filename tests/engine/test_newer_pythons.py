"""What newer Pythons brought: lazy imports and frozen tables (3.15), contexts of threads (3.14), more kinds of seconds.

Tests of what this Python does not have are not collected: they are of the language that it is.
"""

from __future__ import annotations

import builtins
import contextvars
import functools
import itertools
import os
import queue
import subprocess
import sys
import threading
import time
import types
from pathlib import Path

import pytest
from sameness import ODD, assert_same, told

from checker import CheckFailed, check, explore, together

LAZY = hasattr(types, "LazyImportType")
FROZEN = hasattr(builtins, "frozendict")
CONTEXT = "_context" in vars(threading.Thread())


def outcomes(scenario):
    """What the schedules give, with all of them covered; the same as with every interleaving tried."""
    found = explore(scenario)
    assert found.exhaustive, found.claim
    every = explore(scenario, search="every")
    seen = set(map(repr, found.outcomes))
    assert seen == set(map(repr, every.outcomes)), (found.outcomes, every.outcomes)
    return seen


# -- seconds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", ODD, ids=str)
def test_a_simple_queue_takes_the_timeouts_of_the_real_one(seconds):
    def case():
        return told(queue.SimpleQueue().get, True, seconds)

    assert_same(case)


@pytest.mark.parametrize("seconds", ODD, ids=str)
def test_sleep_takes_what_the_real_one_takes(seconds):
    assert_same(lambda: told(time.sleep, seconds))


# -- contexts --------------------------------------------------------------------------------------------------------

PLACE = contextvars.ContextVar("place", default="nowhere")


def test_a_context_that_threads_share_is_shared_state():
    def set_and_look():
        context = contextvars.Context()
        return together(lambda: context.run(PLACE.set, "here") and None, lambda: context.get(PLACE))

    assert outcomes(set_and_look) == {"[None, None]", "[None, 'here']"}


def test_the_code_of_two_threads_does_not_run_in_one_context_at_once():
    """What `run` calls is many steps, in which another thread may come."""

    def both():
        context, seen = contextvars.Context(), []

        def enter(name):
            try:
                context.run(lambda: seen.append(name))
            except RuntimeError:
                seen.append("busy")

        together(lambda: enter("one"), lambda: enter("other"))
        return sorted(seen)

    found = explore(both)
    assert ["busy", "one"] in found.outcomes and ["one", "other"] in found.outcomes
    assert not found.exhaustive and "a context that threads share" in found.claim


CONTEXT_BEFORE = contextvars.Context()


def test_a_context_from_before_the_check_is_named_in_the_claim():
    found = explore(lambda: together(lambda: CONTEXT_BEFORE.run(PLACE.get), lambda: None))
    assert not found.exhaustive and "a context outlives an execution and is not put back" in found.claim


if CONTEXT:

    def test_other_interpreters_do_not_belong_in_a_scenario():
        from concurrent.futures import InterpreterPoolExecutor

        found = explore(lambda: InterpreterPoolExecutor(1))
        assert found.failure.error.startswith("Unsupported: ")
        assert "what runs in another interpreter is not under control" in found.failure.error

    def test_a_thread_runs_in_the_context_that_it_was_given():
        def given():
            context, seen = contextvars.Context(), []
            context.run(PLACE.set, "there")
            for options in ({"context": context}, {}):
                thread = threading.Thread(target=lambda: seen.append(PLACE.get()), **options)
                thread.start()
                thread.join()
            return seen

        assert outcomes(given) == {repr(["there", told(given)[1]])}

    def test_two_threads_in_one_context_come_one_after_the_other_or_not_at_all():
        def both():
            context, seen = contextvars.Context(), []
            failed = []
            threading.excepthook = lambda args: failed.append(args.exc_type.__name__)
            threads = [threading.Thread(target=seen.append, args=(n,), context=context) for n in (1, 2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return sorted(seen), failed

        assert outcomes(both) >= {"([1, 2], [])", "([1], ['RuntimeError'])"}


# -- what a story shows ----------------------------------------------------------------------------------------------


def test_a_story_computes_no_cached_property():
    class Figures:
        def __init__(self):
            self.made = 0

        @functools.cached_property
        def total(self):
            self.made += 1
            return self.made

    def made_once():
        figures = Figures()
        together(lambda: figures.total, lambda: figures.total)
        return figures.made

    # it has a lock of its own up to 3.11
    if set(explore(made_once).outcomes) != {1}:
        with pytest.raises(CheckFailed, match="^✗ made_once can give 2; expected 1"):
            check(made_once, expect=1)


# -- locks in what cannot be changed ---------------------------------------------------------------------------------

LOCKS = frozenset({threading.Lock()})
COUNT = [0]


def test_a_lock_in_a_frozen_set_is_controlled():
    def add():
        for lock in LOCKS:
            with lock:
                COUNT[0] += 1

    def both_add():
        together(add, add)
        return COUNT[0]

    for _ in range(2):
        found = explore(both_add)
        assert list(found.outcomes) == [2] and found.exhaustive
    assert COUNT == [0] and not any(lock.locked() for lock in LOCKS)


if FROZEN:
    KEPT = builtins.frozendict(lock=threading.Lock(), numbers=[0], draw=itertools.count(1))

    def test_what_a_frozen_table_holds_is_controlled_and_put_back():
        def add():
            with KEPT["lock"]:
                KEPT["numbers"][0] += next(KEPT["draw"])

        def both_add():
            together(add, add)
            return KEPT["numbers"][0]

        for _ in range(2):
            assert outcomes(both_add) == {"3"}
        assert KEPT["numbers"] == [0] and next(KEPT["draw"]) == 1 and not KEPT["lock"].locked()

    @pytest.mark.parametrize(
        "look", [repr, str, lambda table: table == {"x": [0]}, lambda table: [1] in table.values()]
    )
    def test_who_looks_at_a_frozen_table_looks_at_what_is_in_it(look):
        def change_and_look():
            inner = [0]
            frozen = builtins.frozendict(x=inner)

            def change():
                inner[0] = 1

            return together(change, lambda: look(frozen))[1]

        assert len(outcomes(change_and_look)) == 2

    def test_an_observation_is_kept_as_it_was():
        def count():
            frozen = builtins.frozendict(n=[0])

            def add():
                frozen["n"][0] += 1

            together(add, add)
            return frozen

        assert outcomes(count) == {"frozendict({'n': [1]})", "frozendict({'n': [2]})"}


@pytest.mark.parametrize("of", [lambda one: [one], lambda one: {"x": one}.values(), lambda one: {"x": one}.items()])
def test_to_look_for_a_list_in_others_is_to_look_at_their_items(of):
    def change_and_look():
        inner = [0]
        holder = of(inner)

        def change():
            inner[0] = 1

        return together(change, lambda: [1] in holder or ("x", [1]) in holder)[1]

    assert outcomes(change_and_look) == {"True", "False"}


# -- lazy imports ----------------------------------------------------------------------------------------------------

RACY = """
NUMBER = 0

def bump():
    global NUMBER
    NUMBER += 1
    return NUMBER
"""
FORMS = {
    "lazy import racy": "racy.bump",
    "lazy from racy import bump": "bump",
    "lazy import package.racy": "package.racy.bump",
    "lazy import package.other\nlazy import package.racy": "package.racy.bump",
    "lazy import package.racy\nlazy import package.other": "package.racy.bump",
    "lazy import package.racy as short": "short.bump",
    "lazy from package import racy": "racy.bump",
    "import package\nlazy import package.racy": "package.racy.bump",
    "__lazy_modules__ = ['package', 'package.racy']\nimport package.racy": "package.racy.bump",
}
PROGRAM = """
from checker import explore, together
{imports}

def both():
    return sorted(together({bump}, {bump}))

for _ in range(2):
    found = explore(both)
    print(sorted(found.outcomes), found.exhaustive)
"""


def said(text: str, folder: Path, *options: str) -> str:
    (folder / "program.py").write_text(text)
    command = [sys.executable, *options, "program.py"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0 and done.stderr == "", done.stderr[-2000:]
    return done.stdout


if LAZY:

    @pytest.mark.parametrize("imports", FORMS)
    def test_what_is_imported_lazily_is_woven_and_put_back(imports, tmp_path):
        (tmp_path / "package").mkdir()
        for name in ("racy.py", "package/__init__.py", "package/racy.py", "package/other.py"):
            (tmp_path / name).write_text("" if "_" in name else RACY)
        text = PROGRAM.format(imports=imports, bump=FORMS[imports])
        assert said(text, tmp_path, "-B") == "[[1, 1], [1, 2], [2, 2]] True\n" * 2

    SERIAL = threading.serialize_iterator(itertools.count(1))
    ONE, OTHER = threading.concurrent_tee([1, 2, 3])

    def test_iterators_made_safe_before_the_check_are_controlled_and_put_back():
        def both_draw():
            return sorted(together(SERIAL.__next__, lambda: next(SERIAL))), together(ONE.__next__, OTHER.__next__)

        for _ in range(2):
            found = explore(both_draw)
            assert list(found.outcomes) == [([1, 2], [1, 1])]
        assert next(SERIAL) == 1 and next(ONE) == 1

    @pytest.mark.parametrize("options", [[], ["-Xlazy_imports=all"]])
    def test_what_the_library_imports_lazily_is_no_step(options, tmp_path):
        text = """
import threading, traceback
from checker import explore, together

def told():
    lock, texts = threading.Lock(), []
    def work():
        try:
            raise NameError("x")
        except NameError as error:
            text = traceback.format_exception(error)[-1]
        with lock:
            texts.append(text)
    together(work, work)
    return texts

def fails():
    together(lambda: missing, lambda: missing)

for scenario in (told, fails):
    print(explore(scenario).claim)
"""
        assert said(text, tmp_path, *options).splitlines() == [
            "no failure in all schedules, by 2 executions (equivalent ones left out)",
            "failed in 1 of 1 explored schedules, which stand for all there are",
        ]
