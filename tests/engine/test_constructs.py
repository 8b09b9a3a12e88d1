"""Woven code of every construct does what it did, and breaks no assumption of the interpreter.

It runs in a process of its own, under the allocator that finds writes out of bounds and the use of what was freed. On
an interpreter that is built for debugging, the assertions of the interpreter itself watch as well.
"""

from __future__ import annotations

import dis
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from constructs import CONSTRUCTS, instructions

from checker import explore, together
from checker.engine import weave

PROGRAM = Path(__file__).parent / "constructs.py"


@pytest.fixture(scope="module")
def said() -> str:
    """What the program prints; what it printed last, if the interpreter died."""
    environment = {**os.environ, "PYTHONMALLOC": "debug", "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-X", "dev", "-X", "faulthandler", "-W", "error", str(PROGRAM)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    return done.stdout + f"exit {done.returncode}\n" + done.stderr


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_does_what_it_did(said: str, name: str) -> None:
    assert f"\nend {name}\n" in said, said[-3000:]


def test_nothing_was_found_by_the_allocator(said: str) -> None:
    assert said.endswith("exit 0\n"), said[-3000:]


#: The instructions that get a hook by their names, besides those of the weaver's tables.
BY_NAME = """BINARY_OP BINARY_SLICE BINARY_SUBSCR CALL CALL_FUNCTION_EX CALL_KW COMPARE_OP CONTAINS_OP DELETE_ATTR
    DELETE_DEREF DELETE_SUBSCR LOAD_ATTR LOAD_METHOD LOAD_SUPER_ATTR RETURN_CONST RETURN_VALUE STORE_ATTR STORE_DEREF
    STORE_SLICE STORE_SUBSCR YIELD_VALUE""".split()


def test_the_constructs_use_every_instruction_that_is_woven() -> None:
    """A hook that nothing runs here could copy anything from the stack."""
    woven = {*weave._WHOLE, *weave._TRUTH, *weave._GLOBALS, *weave._CELLS, *BY_NAME}
    real = {name for name, number in dis.opmap.items() if number < 256}  # what is above is the compiler's own
    assert (woven & real) - instructions() == set()


def test_a_class_reads_a_shared_variable_of_the_function_around_it() -> None:
    def write_and_define() -> list[Any]:
        flag = 0

        def write() -> None:
            nonlocal flag
            flag = 1

        def define() -> int:
            class Reading:
                value = flag

            return Reading.value

        return together(write, define)

    found = explore(write_and_define)
    assert set(map(str, found.outcomes)) == {"[None, 0]", "[None, 1]"} and found.exhaustive


def test_a_format_is_of_the_value_and_not_of_itself() -> None:
    def change_and_show() -> str:
        items = [0]

        def change() -> None:
            items[0] = 1

        return str(together(change, lambda: f"{items:{''}}")[1])

    assert set(explore(change_and_show).outcomes) == {"[0]", "[1]"}
