"""The gate lets honest answers pass and names what it refuses."""

from pathlib import Path

import pytest
from honest_answers import HONEST

from checker.grading import gate, slicing

COURSE = Path(__file__).parents[2] / "course"

REFUSED = {
    "import sys": "import of sys",
    "import os.path": "import of os.path",
    "from gc import get_objects": "import of gc",
    "import ctypes": "import of ctypes",
    "import inspect": "import of inspect",
    "import subprocess": "import of subprocess",
    "import socket": "import of socket",
    "import builtins": "import of builtins",
    "import checker": "import of checker",
    "import checker.engine.runtime": "import of checker.engine.runtime",
    "from checker.engine import runtime": "import of checker.engine",
    "from checker import engine": "import of engine from the checker",
    "from . import x": "import of .",
    "from threading import _shutdown": "import of _shutdown from threading",
    "eval('1')": "the name eval",
    "exec('1')": "the name exec",
    "compile('1', '', 'exec')": "the name compile",
    "open('x')": "the name open",
    "globals()['x']": "the name globals",
    "__import__('os')": "the name __import__",
    "__builtins__": "the name __builtins__",
    "get_ipython()": "the name get_ipython",
    "().__class__.__bases__[0].__subclasses__()": "the attribute __subclasses__",
    "f.__globals__": "the attribute __globals__",
    "f.__code__ = g": "the attribute __code__",
    "f.__closure__": "the attribute __closure__",
    "x.__self__": "the attribute __self__",
    "e.__traceback__.tb_frame": "the attribute tb_frame",
    "g.gi_frame.f_back": "the attribute gi_frame",
    "x.f_globals": "the attribute f_globals",
    "x._getframe()": "the attribute _getframe",
    "import threading\nthreading.settrace(None)": "the attribute settrace",
    "import threading\nthreading._sys": "the attribute _sys",
    "import threading\nthreading._active": "the private name threading._active",
    "import threading\nthreading.Thread = 3": "assignment to threading.Thread",
    "import threading\nthreading.Thread.start = 3": "assignment to threading.Thread.start",
    "import time\ndel time.sleep": "assignment to time.sleep",
    "import time\nsetattr(time, 'sleep', 3)": "setattr on time",
    "import threading\nthreading.__dict__['x']": "the attribute __dict__",
    "import io\nio.open('x')": "the private name io.open",
    "getattr(x, 'f_' + 'back')": "getattr with a computed name",
    "getattr(x, '__globals__')": "the attribute __globals__",
    "g = getattr": "the name getattr",
    "import operator\noperator.attrgetter('f.__globals__')": "the attribute __globals__",
    "import types\ntypes.FunctionType": "the attribute FunctionType",
    "Account.withdraw = 3": "assignment to Account.withdraw",
    "def len(x): return 2": "redefining the builtin len",
    "class A:\n    def __getattribute__(self, n): pass": "a method __getattribute__",
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_answers_pass(name):
    assert gate.refusals(slicing.parse(HONEST[name]), trusted={"Account"}, reserved={"len"}) == []


@pytest.mark.parametrize("text", REFUSED)
def test_what_only_an_attack_needs_is_refused_by_name(text):
    found = gate.refusals(slicing.parse(text), trusted={"Account"}, reserved={"len"})
    assert any(REFUSED[text] in str(refusal) for refusal in found), found


def test_a_refusal_says_the_line():
    assert str(gate.refusals(slicing.parse("x = 1\n\neval('1')"))[0]) == "line 3: the name eval"


@pytest.mark.parametrize(
    "path", sorted(COURSE.glob("*/answers/*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_answer_that_the_course_knows_passes(path):
    assert gate.refusals(slicing.parse(path.read_text())) == []
