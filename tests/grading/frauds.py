"""Hostile and broken submissions to the tiny course, each with the mark and the reason it must get.

`UNLOCKED` alone deserves 2 of 5 points (counter-2 and greet-1): a fraud built on it must not get more. What the gate
refuses gets 1 (greet-1) and goes to review.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import tiny
from tiny import COUNTER, UNLOCKED, find_cell, submission

HONEST, PLAIN, REFUSED = 5, 2, 1


@dataclass(frozen=True)
class Fraud:
    """One submission and what must become of it."""

    data: bytes
    points: float
    reason: str = ""  # a part of the text that says why points are missing, or why it is reviewed
    review: bool = False
    seconds: float = 300.0  # real ones that it may cost, however busy the machine is
    files: dict[str, str] = field(default_factory=dict)  # handed in beside the notebook


FRAUDS: dict[str, Fraud] = {}


def says(name: str, text: str, points: float, reason: str = "", **more: Any) -> None:
    """A fraud by what is typed in the answer cell."""
    FRAUDS[name] = Fraud(submission(counter=text), points, reason, **more)


def refused(name: str, text: str, reason: str) -> None:
    """A fraud that the gate must refuse."""
    says(name, text, REFUSED, reason, review=True)


def does(name: str, deed: Callable[[dict[str, Any]], Any], points: float, reason: str = "", **more: Any) -> None:
    """A fraud by what is done to the notebook; the answer is the unlocked one."""
    extra = {key: more.pop(key) for key in ("counter",) if key in more}
    FRAUDS[name] = Fraud(submission(deed, **{"counter": UNLOCKED, **extra}), points, reason, **more)


LOST = "can give 1; expected 2"

# the checker and the library replaced
says("replaces check", UNLOCKED + "def check(*a, **k): pass\n", PLAIN, LOST)
says("replaces together", UNLOCKED + "def together(*fs): return [f() for f in fs]\n", PLAIN, LOST)
says("replaces the given error", UNLOCKED + "TooSmall = ZeroDivisionError\n", PLAIN, LOST)
refused("patches the checker", UNLOCKED + "import checker\nchecker.together = print\n", "import of checker")
refused("reaches into the engine", UNLOCKED + "from checker.search import explorer\n", "import of checker.search")
refused("patches builtins", UNLOCKED + "import builtins\nbuiltins.sorted = list\n", "import of builtins")
refused("redefines sorted", UNLOCKED + "def sorted(x): return [1, 2]\n", "redefining the builtin sorted")
refused(
    "patches Thread", UNLOCKED + "threading.Thread.start = threading.Thread.run\n", "assignment to threading.Thread"
)
refused("patches time", UNLOCKED + "import time\ntime.sleep = print\n", "assignment to time.sleep")
refused("takes the display hook", UNLOCKED + "import sys\nsys.displayhook = print\n", "import of sys")
refused("adds an input transformer", UNLOCKED + "get_ipython().input_transformers_post.append(1)\n", "get_ipython")
refused("turns tracing off", UNLOCKED + "threading.settrace(None)\n", "the attribute settrace")
refused("stops the profiler", UNLOCKED + "threading.setprofile(None)\n", "the attribute setprofile")
says(
    "values equal everything",
    "class Always(int):\n    __eq__ = lambda a, b: True\n    __hash__ = None\n"
    + COUNTER.replace("self._value = 0", "self._value = Always(0)").replace("+= n", "= Always(7)"),
    PLAIN,
    "expected 2",
)

# looking for what is expected
refused("frames", UNLOCKED + "def f(e): return e.__traceback__.tb_frame.f_back\n", "the attribute tb_frame")
refused("generator frames", UNLOCKED + "g = (x for x in ())\ng.gi_frame.f_back\n", "the attribute gi_frame")
refused("gc", UNLOCKED + "import gc\ngc.get_objects()\n", "import of gc")
refused("inspect", UNLOCKED + "import inspect\n", "import of inspect")
refused("subclasses", UNLOCKED + "().__class__.__base__.__subclasses__()\n", "__subclasses__")
refused("globals of a function", UNLOCKED + "together.__globals__\n", "__globals__")
refused("computed attribute", UNLOCKED + "getattr(together, '__glo' + 'bals__')\n", "a computed name")
refused("wide letters", UNLOCKED + "ｅｖａｌ('1')\n", "the name eval")
refused("reads the solutions", UNLOCKED + "open('solutions/01-tiny/01-tiny.ipynb').read()\n", "the name open")
refused("reads by pathlib", UNLOCKED + "import pathlib\n", "import of pathlib")
refused("writes the gradebook", UNLOCKED + "import sqlite3\n", "import of sqlite3")
refused("adds a trigger", UNLOCKED + "__import__('sqlite3').connect('gradebook.db')\n", "__import__")
says("reads by linecache of logging", UNLOCKED + "import logging\nlogging.FileHandler('/tmp/fraud.log')\n", PLAIN, LOST)
refused("asks format", UNLOCKED + "print('{0.__init__.__globals__}'.format(TooSmall))\n", "__globals__ in a format")

# the process and the machine
refused("os._exit", UNLOCKED + "import os\nos._exit(0)\n", "import of os")
refused("kills the parent", UNLOCKED + "import os, signal\nos.kill(os.getppid(), 9)\n", "import of os")
refused("starts processes", UNLOCKED + "import subprocess\nsubprocess.Popen('true')\n", "import of subprocess")
refused("300 processes", UNLOCKED + "import multiprocessing\n", "import of multiprocessing")
refused("asyncio process", UNLOCKED + "import asyncio\nasyncio.create_subprocess_exec\n", "create_subprocess_exec")
refused("a pool of processes", UNLOCKED + "from concurrent.futures import ProcessPoolExecutor\n", "ProcessPoolExecutor")
refused("connects outside", UNLOCKED + "import socket\nsocket.create_connection(('192.0.2.1', 80))\n", "socket")
refused("fetches a page", UNLOCKED + "import urllib.request\n", "import of urllib")
says(
    "logs to the network",
    UNLOCKED
    + "import logging.handlers\nlogging.handlers.SocketHandler('192.0.2.1', 80).emit(logging.makeLogRecord({}))\n",
    PLAIN,
    LOST,
)
refused("2 GiB on disk", UNLOCKED + "open('big', 'wb').truncate(2 << 30)\n", "the name open")
says("4 GiB", COUNTER + "big = bytearray(4 << 30)\n", HONEST)
says(
    "4 GiB in a call",
    COUNTER.replace("with self._lock", "bytearray(4 << 30)\n        with self._lock"),
    PLAIN,
    "MemoryError",
)
says("SystemExit in its cell", "raise SystemExit\n" + COUNTER, 1, "name 'Counter' is not defined")
says(
    "SystemExit in a call",
    COUNTER.replace("with self._lock", "raise SystemExit\n        with self._lock"),
    PLAIN,
    "SystemExit",
)
says(
    "KeyboardInterrupt in a call",
    COUNTER.replace("with self._lock", "raise KeyboardInterrupt\n        with self._lock"),
    PLAIN,
    "KeyboardInterrupt",
)
says("spins in its cell", COUNTER + "while True: pass\n", 1, "no verdict within")
says("spins in C", COUNTER + "import itertools\nsum(itertools.count())\n", 1, "no verdict within")
says(
    "spins in a call",
    COUNTER.replace("with self._lock", "while True: pass\n        with self._lock"),
    PLAIN,
    "livelock",
)
says(
    "spins in C in a call",
    COUNTER.replace("with self._lock", "sum(iter(int, 1))\n        with self._lock"),
    PLAIN,
    "",
)
says(
    "sleeps for an hour in its cell",
    COUNTER + "import time\ntime.sleep(3600)\n",
    1,
    "no verdict within",
)
says(
    "swallows everything",
    COUNTER.replace(
        "with self._lock",
        "while True:\n            try:\n                while True: pass\n            except BaseException: pass\n"
        "        with self._lock",
    ),
    PLAIN,
    "",
)
says("a self-deadlock", COUNTER.replace("self._value += n", "self._lock.acquire()"), PLAIN, "deadlock")
says(
    "300 threads that stay",
    COUNTER
    + "import time\nfor i in range(300): threading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n",
    HONEST,
)
says("a flood of output", COUNTER + "for i in range(300000): print('<script>alert(1)</script>')\n", HONEST)
says("one line of 50 MiB", COUNTER + "print('x' * (50 << 20))\n", HONEST)
says(
    "endless recursion",
    COUNTER.replace("with self._lock", "self.increment(n)\n        with self._lock"),
    PLAIN,
    "RecursionError",
)
says("a huge number", COUNTER.replace("return self._value\n", "return 1 << 10**6\n", 2), 2, "")
says("a warning", COUNTER + "import warnings\nwarnings.warn('look')\n", HONEST)
says("a script in its error", "raise ValueError('<script>alert(1)</script>')\n", 1, "name 'Counter' is not defined")
says("a syntax error", "class Counter\n", 1, "name 'Counter' is not defined")
says("null bytes", "x = '\x00'\n", 1, "name 'Counter' is not defined")
says("a megabyte of answer", COUNTER + "x = 1\n" * 200_000, 1, "characters long", review=True)
says("nested too deep", COUNTER + "x = " + "(" * 3000 + ")" * 3000 + "\n", 1, "not defined")


# the notebook
def tagged(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]


def without(grade_id: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"].remove(find_cell(notebook, grade_id))


def doubled(grade_id: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"].append(dict(find_cell(notebook, grade_id)))


def changed(grade_id: str, **change: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: find_cell(notebook, grade_id).update(change)


def marked(grade_id: str, **change: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: find_cell(notebook, grade_id)["metadata"]["nbgrader"].update(change)


def bare(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def first(text: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"].insert(0, tiny.code(text))


def moved(notebook: dict[str, Any]) -> None:
    cell = find_cell(notebook, "counter-1")
    notebook["cells"].remove(cell)
    notebook["cells"].insert(0, cell)


does("tag skip-execution", tagged, PLAIN, LOST)
does("deletes a check", without("counter-1"), PLAIN, LOST)
does("deletes the hidden check", without("counter-3"), PLAIN, LOST)
does("doubles a check", doubled("counter-1"), PLAIN, LOST)
does("edits a check", changed("counter-1", source="check(int, expect=0)"), PLAIN, LOST)
does("empties the given cell", changed("given", source=""), PLAIN, LOST)
does("turns a check into text", changed("counter-1", cell_type="markdown"), PLAIN, LOST)
does("raises the points", marked("greet-1", points=100), PLAIN, LOST)
does("switches grading off", marked("counter-1", grade=False), PLAIN, LOST)
does("unlocks a check", marked("counter-1", locked=False, solution=True), PLAIN, LOST)
does("moves a check to the top", moved, PLAIN, LOST)
does("deletes the answer", without("counter"), 1, "is not defined")
does("turns the answer into text", changed("counter", cell_type="markdown"), PLAIN, LOST)
does("doubles the right answer", doubled("counter"), HONEST, counter=COUNTER)
does("no metadata", bare, 0, "is not defined")
does("another kernel", lambda nb: nb["metadata"].update(kernelspec={"name": "bash", "display_name": "b"}), PLAIN, LOST)
does("a helper that patches", first("import threading\nthreading.Thread.start = threading.Thread.run"), PLAIN, LOST)
does("a helper that hooks", first("get_ipython().events.register('pre_run_cell', print)"), PLAIN, LOST)
does("a helper that spins", first("while True: pass"), PLAIN, LOST)
does("a helper that exits", first("import os; os._exit(0)"), PLAIN, LOST)
does(
    "a helper the answer needs is refused",
    first("import sys\nclass Base:\n    pass\nBase.modules = sys"),
    1,
    "import of sys",
    review=True,
    counter=COUNTER.replace("class Counter:", "class Counter(Base):"),
)
does(
    "scripts as outputs",
    changed(
        "counter-1",
        outputs=[{"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}, "metadata": {}}],
    ),
    PLAIN,
    LOST,
)
does(
    "marks of its own",
    changed("counter-1", outputs=[{"output_type": "execute_result", "data": {"text/plain": "2"}}]),
    PLAIN,
    LOST,
)
does("not JSON", lambda nb: b"{ not", 0, "not JSON", review=True)
does("empty", lambda nb: b"", 0, "not JSON", review=True)
does("binary", lambda nb: bytes(range(256)) * 100, 0, "not JSON", review=True)
does("a list", lambda nb: b"[]", 0, "no cells", review=True)
does("cells that are none", lambda nb: b'{"cells": 3}', 0, "no cells", review=True)
does(
    "odd cells",
    lambda nb: nb["cells"].extend([None, 3, {"cell_type": "code", "source": 7}, {"metadata": None}]),
    PLAIN,
    LOST,
)
does(
    "odd metadata",
    lambda nb: nb["cells"].append({"cell_type": "code", "source": "1", "metadata": {"nbgrader": [1]}}),
    PLAIN,
    LOST,
)
does("nested JSON", lambda nb: b"[" * 10**6, 0, "not JSON", review=True)
does("50 MiB", lambda nb: b" " * (50 << 20), 0, "larger than 10 MiB", review=True)
does("ten thousand cells", lambda nb: nb["cells"].extend([tiny.code("x = 1")] * 10_000), PLAIN, LOST)

# files beside the notebook
FRAUDS["a checker of its own"] = Fraud(
    submission(counter=UNLOCKED), PLAIN, LOST, files={"checker.py": "def check(*a, **k): pass", "threading.py": "1 / 0"}
)
FRAUDS["start-up files"] = Fraud(
    submission(counter=UNLOCKED),
    PLAIN,
    LOST,
    files={"sitecustomize.py": "1 / 0", ".ipython/profile_default/startup/00.py": "1 / 0", "conftest.py": "1 / 0"},
)
