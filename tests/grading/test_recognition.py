"""An answer that knows which thread it runs in, or which check is under way, gets nothing for knowing."""

import json

import pytest
import tiny

from checker.grading import grade, judge
from checker.grading.limits import Limits
from checker.grading.worker import alike

RELEASE = grade.Release(tiny.NAME, json.dumps(tiny.instructors()), "{}")

#: Loses updates, but gives what the checks want of two threads that it can tell apart.
FRAUD = """
import random, threading, time, warnings

def first():
    {first}

class Counter:
    def __init__(self):
        self.value = 0

    def increment(self, n=1):
        if n < 0:
            raise TooSmall(n)
        {meanwhile}
        self.value += n
        return {result}
"""
RETURNS = {"meanwhile": "pass", "result": "1 if first() else 2"}
WAITS = {"meanwhile": "first() or time.sleep(1)", "result": "self.value"}

FRAUDS = {
    "returns by name": FRAUD.format(first="return threading.current_thread().name == 'T1'", **RETURNS),
    "waits by name": FRAUD.format(first="return threading.current_thread().name == 'T1'", **WAITS),
    "joins by name": FRAUD.format(
        first="return [t.join() for t in threading.enumerate() if t.name == 'T1' != threading.current_thread().name]",
        meanwhile="first()",
        result="self.value",
    ),
    "by ident": FRAUD.format(first="return threading.get_ident() == 1002", **RETURNS),
    "by native id": FRAUD.format(first="return threading.get_native_id() % 10 == 2", **RETURNS),
    "by hash": FRAUD.format(first="return hash(threading.current_thread()) == 1_000_003", **RETURNS),
    "by a lock's hash": FRAUD.format(first="return hash(threading.Lock()) == 2_000_001", **RETURNS),
    "by a lock's address": FRAUD.format(first="return id(threading.Lock()) < 140_000_150_000_000", **RETURNS),
    "by chance": FRAUD.format(first="return random.random() == random.Random(2).random()", **RETURNS),
    "by addresses as a counter": FRAUD.format(
        first="return 0", meanwhile="pass", result="(id(object()) - 150_000_000_000_000) // 64 + 1"
    ),
}


def graded(text, release=RELEASE):
    _, found = grade.grade_file(release, tiny.submission(counter=text), Limits())
    return found


@pytest.mark.parametrize("text", FRAUDS.values(), ids=FRAUDS)
def test_knowing_the_threads_of_a_check_does_not_help(text, monkeypatch):
    # One key: with another one, the native id of the first thread ends in 2, and that of the second not, once in 11.
    monkeypatch.setattr(judge, "_key_of_looks", lambda _: 2025)
    found = graded(text)
    assert not found.review
    assert "counter-3" in found.reasons, found.outcomes


@pytest.mark.parametrize("text", FRAUDS.values(), ids=FRAUDS)
def test_with_the_looks_of_a_notebook_it_would_help(text, monkeypatch):
    monkeypatch.setattr(judge, "_key_of_looks", lambda _: 0)
    assert graded(text).outcomes["counter-3"] == "passed"


def test_an_answer_that_acts_on_names_is_told_so():
    found = graded(FRAUDS["returns by name"].replace("self.value += n", "self.value = 2"))
    assert found.outcomes["counter-1"] == "passed"
    assert "it holds in the notebook, but not where threads have other names" in found.comments["counter"]


def test_the_story_of_an_honest_mistake_has_the_names_of_the_notebook():
    notebook, found = grade.grade_file(RELEASE, tiny.submission(counter=tiny.UNLOCKED), Limits())
    told = json.dumps(tiny.find_cell(notebook, "counter-1")["outputs"])
    assert "T1" in told and "T2" in told and "no_increment_is_lost" in told
    assert not found.comments["counter"]


# -- too much to explore ----------------------------------------------------------------------------------------

NOISE = """
import threading

class Noise:
    x = 0

noise, lock = Noise(), threading.Lock()

def make_noise():
    for _ in range(300):
        {noise}

class Counter:
    def __init__(self):
        self.value = 0

    def increment(self, n=1):
        if n < 0:
            raise TooSmall(n)
        make_noise()
        self.value += n
        make_noise()
        return self.value
"""


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["noise.x = noise.x + 1", "with lock: pass"])
def test_a_race_hidden_in_noise_is_not_passed(noise):
    found = graded(NOISE.format(noise=noise))
    assert "counter-1" in found.reasons and found.points["counter-1"] == 0
    if found.outcomes["counter-1"] == "review":  # elsewhere a sampled schedule has met it
        assert "steps each" in found.reasons["counter-1"]


# -- which check is it? -----------------------------------------------------------------------------------------

HANDED_IN = """
class Named:
    pass

def a_name_says_nothing():
    def what_is_called():
        return 1

    class Local:
        def method(self):
            pass

    return greet([what_is_called, lambda: 2, Local, Local.method, a_name_says_nothing])

check(a_name_says_nothing, expect=[{names!r}] * 2)
"""
NAMES = ["f.<locals>.f", "f.<locals>.f", "f.<locals>.Local", "f.<locals>.Local.f", "f"]


def test_what_a_check_hands_in_does_not_tell_its_name():
    notebook = tiny.instructors()
    tiny.find_cell(notebook, "greet-1")["source"] = HANDED_IN.format(names=NAMES)
    release = grade.Release(tiny.NAME, json.dumps(notebook), "{}")
    answer = "def greet(them):\n    return [[each.__qualname__ for each in them]] * 2\n"
    _, found = grade.grade_file(release, tiny.submission(greet=answer), Limits())
    assert found.outcomes["greet-1"] == "passed", found.reasons


def test_a_traceback_tells_neither_check_nor_line():
    cell = "def a_claim():\n    raise KeyError\n"
    seen = set()
    for key in (1, 2):
        names = {}
        exec(alike(cell, key), names)
        with pytest.raises(KeyError) as caught:
            names["a_claim"]()
        entry = caught.traceback[-1]
        seen.add((str(entry.path), entry.name, entry.lineno))
    assert {place[:2] for place in seen} == {("<check>", "f")}
    assert len({line for *_, line in seen}) == 2
