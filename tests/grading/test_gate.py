"""The gate lets honest answers pass and names what it refuses."""

import importlib.util
import traceback
import types
from pathlib import Path

import pytest
from honest_answers import HONEST

from checker.grading import context, gate, slicing

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
    "match f:\n    case object(__globals__=g): pass": "the attribute __globals__",
    "class A:\n    __match_args__ = ('__globals__',)": "the name __match_args__",
    "match f:\n    case len: pass": "redefining the builtin len",
    "match f:\n    case [*len]: pass": "redefining the builtin len",
    "match f:\n    case {'a': 1, **len}: pass": "redefining the builtin len",
    "def f():\n    global len\n    len = 3": "global len, which a check may use",
    "def f():\n    global x, together\n    def together(): pass": "global together, which a check may use",
    "def f():\n    global Account\n    Account = 3": "global Account, which a check may use",
    "match {}:\n    case __builtins__: pass": "the name __builtins__",
    "import threading as __builtins__": "the name __builtins__",
    "def f():\n    global __builtins__\n    import threading as __builtins__": "the name __builtins__",
    "import string\nstring.Formatter()": "the attribute string.Formatter",
    "import string as s\nt = s\nclass F(t.Formatter): pass": "the attribute string.Formatter",
    "from string import Formatter as F": "the attribute string.Formatter",
    "from string import *\nFormatter()": "the attribute Formatter",
    "x.get_field('0.__globals__', (f,), {})": "the attribute get_field",
    "x.vformat('', (), {})": "the attribute vformat",
    "from operator import attrgetter as ag\nag('__globals__')(f)": "attrgetter under another name",
    "import operator\nmap(operator.attrgetter, ['__globals__'])": "attrgetter that is not called at once",
    "from operator import methodcaller\nm = methodcaller": "methodcaller that is not called at once",
    "import operator\noperator.attrgetter(*names)": "attrgetter with a computed name",
    "import operator\noperator.methodcaller('__setattr__', 'x', 3)": "methodcaller of __setattr__",
    "getattr(type, '__setattr__')": "getattr of __setattr__",
    "import traceback\ntraceback.linecache.os": "the module linecache as traceback.linecache",
    "import enum as e\ne.bltns": "the module builtins as enum.bltns",
    "from traceback import linecache": "the module linecache as traceback.linecache",
    "from uuid import *\nos.x": "the module os as os",
    "import logging\nlogging.io.open('x')": "the private name logging.io.open",
    "import logging.config": "import of logging.config",
    "import logging\nlogging.config": "the attribute logging.config",
    "import logging as log\nlog.config": "the attribute logging.config",
    "from logging import config": "the attribute logging.config",
    "from types import *\nFunctionType": "the attribute FunctionType",
    "import typing\ntyping.ForwardRef('x')": "the attribute ForwardRef",
    "x._evaluate({}, {})": "the attribute _evaluate",
    "from typing import get_type_hints as g": "the attribute get_type_hints",
    "def f(x: \"__import__('sys')\"): pass": "the name __import__",
    "def f() -> 'list[\"f.__globals__\"]': pass": "the attribute __globals__",
    "x: \"eval('1')\" = 3": "the name eval",
    "from typing import Optional\nA = Optional[\"eval('1')\"]": "the name eval",
    "from typing import Optional as Literal\nA: Literal[\"eval('1')\"]": "the name eval",
    "A = list[\"eval('1')\"]": "the name eval",
    "import random\nr = random\nr._os": "the private name r._os",
    "import threading\nt = threading\nt.Thread.start = t.Thread.run": "assignment to t.Thread.start",
    "import threading\n(T := threading.Thread).start\nT.start = 3": "assignment to T.start",
    "def f():\n    t.Thread.start = 3\nimport threading as t": "assignment to t.Thread.start",
    "A = Account\nA.withdraw = 3": "assignment to A.withdraw",
    "import threading\ntype(threading.current_thread()).start = 3": "assignment to type(threading.current_thread())",
    "import threading\nthreading.Lock().__class__.x = 3": "assignment to threading.Lock().__class__.x",
    "type.__setattr__(Account, 'x', 3)": "type.__setattr__ on what is not the answer's own",
    "object.__setattr__(together, '__code__', 3)": "object.__setattr__ on what is not the answer's own",
    "together.__setattr__('__code__', 3)": "together.__setattr__ on what is not the answer's own",
    "s = type.__setattr__": "type.__setattr__ on what is not the answer's own",
    "super(A, Account).__delattr__('x')": "__delattr__ on what is not the answer's own",
    "object.__getattribute__(f, '__globals__')": "the attribute __getattribute__",
    "import threading\n[threading][0].__dict__['_sys']": "the module threading handed on as a value",
    "import time as t\nself.t = t": "the module t handed on as a value",
    "import threading\ndef f(): return vars(threading)": "vars of threading",
    "import threading\ndef f(t=threading): return [t]": "the module t handed on as a value",
    "import threading\ngetattr(threading, '_active')": "the private name threading._active",
    "vars()": "the name vars",
    "v = vars": "the name vars",
    "[].append.__reduce__()": "the attribute __reduce__",
    "import traceback\ntraceback.extract_stack()": "the attribute extract_stack",
    "import traceback\ntraceback.TracebackException": "the attribute TracebackException",
    "import logging\nlogging.getLogger().findCaller(True)": "the attribute findCaller",
    "import sys\nsys.maxsize\nsys.modules": "import of sys for modules",
    "from sys import maxsize, _getframe": "import of sys for _getframe",
    "import os\nos.cpu_count()\ngetattr(os, 'system')": "import of os for system",
    "import os\no = os\no.cpu_count()\no.system('')": "import of os for system",
    "import sys\nsys.maxsize\nx = [sys]": "the module sys handed on as a value",
    "import os.path\nos.path.join('a')": "import of os.path",
    "def f():\n    import threading\n    return threading": "the module threading handed on as a value",
    "def f():\n    import sys as s\n    s.maxsize\n    return s": "the module s handed on as a value",
    "class A:\n    import threading as t": "an import in the body of a class",
    "class A:\n    from queue import threading": "an import in the body of a class",
    "import threading\nclass A:\n    t = threading": "the module threading handed on as a value",
    "import queue\nf(queue.threading)": "the module queue.threading handed on as a value",
    "import warnings\nwarnings.catch_warnings()._module": "the attribute _module",
    "import enum\nclass E(enum.Enum): pass\nE._convert_('X', 'threading', f)": "the attribute _convert_",
    "from enum import global_enum": "the attribute global_enum",
    "g = x.__get__": "__get__ that is not called at once",
    "x.__get__(*y)": "__get__ that is not called at once",
    "match x:\n    case A(__get__=g): pass": "__get__ that is not called at once",
}

if hasattr(traceback, "_colorize"):  # imported there from 3.13 on, and only when it is used from 3.15 on
    REFUSED["import traceback\ntraceback._colorize.os"] = "the module _colorize as traceback._colorize"
if importlib.util.find_spec("concurrent.interpreters"):  # 3.14
    REFUSED["from concurrent import interpreters"] = "the attribute concurrent.interpreters"
    REFUSED["import concurrent.interpreters as i"] = "import of concurrent.interpreters"
    REFUSED["import concurrent.futures\nconcurrent.futures.InterpreterPoolExecutor(1)"] = (
        "the attribute InterpreterPoolExecutor"
    )
if hasattr(types, "LazyImportType"):  # 3.15
    REFUSED["lazy import os"] = "import of os"
    REFUSED["lazy from subprocess import run"] = "import of subprocess"
    REFUSED["__lazy_import__('os')"] = "the name __lazy_import__"
    REFUSED["__lazy_modules__ = ['threading']"] = "the name __lazy_modules__"


@pytest.mark.parametrize("name", HONEST)
def test_honest_answers_pass(name):
    assert gate.refusals(slicing.parse(HONEST[name]), trusted={"Account"}, reserved={"len"}) == []


@pytest.mark.parametrize("text", REFUSED)
def test_what_only_an_attack_needs_is_refused_by_name(text):
    found = gate.refusals(slicing.parse(text), trusted={"Account"}, reserved={"len"})
    assert any(REFUSED[text] in str(refusal) for refusal in found), found


@pytest.mark.parametrize("text", ["threading._active", "threading.functools.types.FunctionType", "threading.x = 3"])
def test_a_module_that_the_notebook_imports_is_looked_into_too(text):
    assert gate.refusals(slicing.parse(text), trusted={"threading"})
    assert gate.refusals(slicing.parse("def f(threading): return threading.Lock()"), trusted={"threading"}) == []


OTHERS = {
    "import threading as t": ["t.Thread.start = t.Thread.run", "def f(): return t._active", "def f(): return [t]"],
    "from threading import Thread as T": ["T.start = T.run"],
    "import threading\nt = threading\nT = t.Thread": ["def f(): T.start = 3", "t._active"],
    "from threading import *": ["Thread.start = 3"],
    "def broken(: pass": [],
}


@pytest.mark.parametrize("other, text", [(other, text) for other in OTHERS for text in OTHERS[other]])
def test_what_another_cell_imports_is_known(other, text):
    statements = slicing.parse(other)
    around = context.of(context.looked_up(text), context.index([statements]))
    assert gate.refusals(slicing.parse(text), context=around)
    assert gate.refusals(slicing.parse(text)) == []


def test_a_variable_named_like_another_cells_import_is_a_variable():
    text = "def f(threads):\n    for t in threads:\n        t._started = [t]"
    around = context.of(context.looked_up(text), context.index([slicing.parse("import threading as t")]))
    assert around == [] and gate.refusals(slicing.parse(text), context=around) == []


def test_what_another_cell_does_is_not_held_against_this_one():
    around = slicing.parse("import sys, threading\nthreading._active")
    assert gate.refusals(slicing.parse("x = threading.Lock()"), context=around) == []


def test_a_refusal_says_the_line():
    assert str(gate.refusals(slicing.parse("x = 1\n\neval('1')"))[0]) == "line 3: the name eval"


@pytest.mark.parametrize(
    "path", sorted(COURSE.glob("*/answers/*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_answer_that_the_course_knows_passes(path):
    assert gate.refusals(slicing.parse(path.read_text())) == []
