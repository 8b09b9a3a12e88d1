"""Uncommon constructs in the answer cell: an honest answer gets all its points with them, a dishonest one none more."""

import json

import pytest
import tiny

from checker.grading import grade
from checker.grading.limits import Limits

pytestmark = pytest.mark.slow

RELEASE = grade.Release(tiny.NAME, json.dumps(tiny.instructors()), "{}")
#: Points of counter-2 and greet-1, which the unlocked counter deserves.
PLAIN = 2

#: What stands above the class, in the class, and at the beginning of `increment`.
STYLES = {
    "a destructor that exits": ("class D:\n    def __del__(self): raise SystemExit", "", "D()"),
    "a weak reference's callback that raises": (
        "import weakref\nclass D: pass\ndef gone(_): raise BaseException",
        "",
        "d = D(); self.w = weakref.ref(d, gone); del d",
    ),
    "a descriptor that names itself": (
        "class D:\n    def __set_name__(self, o, n): o.mark = n",
        "d = D()",
        "self.mark",
    ),
    "a class that can be subscripted": ("", "__class_getitem__ = classmethod(lambda c, item: c)", "Counter[int]"),
    "an assignment expression in a class": ("", "(limit := 3)", "self.limit"),
    "a match statement": ("", "", "match n:\n            case int() as k if k == n: pass"),
    "a star import": ("from threading import *", "", "current_thread().name"),
    "a long number": (f"N = {'9' * 4_000}", "", "N + n"),
    "letters that Python takes for others": ("ｌｉｍｉｔ = 3", "", "limit + n"),
    "a coroutine beside": ("", "async def later(self): return self.value", "self.later().close()"),
    "numbers that do not repeat": ("import uuid, secrets", "", "uuid.uuid4(); secrets.token_hex()"),
    "a count of its calls": ("import itertools\ncalls = itertools.count()", "", "next(calls)"),
    "a cache": ("import functools\n@functools.cache\ndef state(): return []", "", "state().append(n)"),
    "a thread of its own that stays": (
        "import time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        "",
        "",
    ),
    "an attribute on its thread": ("", "", "threading.current_thread()._daemonic = True"),
    "a log": ("import logging\nlog = logging.getLogger(__name__)", "", "log.error('%s', n)"),
    "a look at the machine": ("import os\ncores = os.cpu_count()", "", "cores or n"),
}


def graded(text, style):
    above, inside, first = STYLES[style]
    text = text.replace("class Counter:", f"{above}\nclass Counter:\n    {inside or 'pass'}")
    text = text.replace("        if n < 0:", f"        {first or 'pass'}\n        if n < 0:")
    _, found = grade.grade_file(RELEASE, tiny.submission(counter=text), Limits())
    return found


@pytest.mark.parametrize("style", STYLES)
def test_an_honest_answer_gets_all_its_points(style):
    found = graded(tiny.COUNTER, style)
    assert sum(found.points.values()) == tiny.MOST, found.reasons


@pytest.mark.parametrize("style", STYLES)
def test_a_race_is_found_all_the_same(style):
    found = graded(tiny.UNLOCKED, style)
    assert sum(found.points.values()) == PLAIN and not found.review, found.reasons
