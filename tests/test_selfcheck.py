"""No verdict is given on a Python on which known programs are misjudged; on one that was tested, nothing is lost."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from checker import check, cli, explore, play, selfcheck, stress
from checker.course import CourseError, find
from checker.engine import weave
from checker.engine.primitives import ControlledLock
from checker.grading import batch, grade
from checker.grading.limits import Limits
from checker.selfcheck import child

HERE = sys.version_info[:2]


def nothing() -> int:
    return 1


@pytest.fixture(autouse=True)
def unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has been found yet, neither in this process nor in one that started it."""
    monkeypatch.setattr(selfcheck, "_settled", None)
    monkeypatch.delenv(selfcheck._PASSED, raising=False)


@pytest.fixture
def untested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "TESTED", {})


@pytest.fixture
def misjudging(untested: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "judge", lambda: "a_lost_update gave [2]")


def instead(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run another program in place of the check."""
    program = folder / "child.py"
    program.write_text(text)
    monkeypatch.setattr(selfcheck, "_CHILD", program)


# -- the known programs ---------------------------------------------------------------------------------------------


def test_they_are_judged_rightly_here() -> None:
    assert selfcheck.judge() == ""
    assert child.misjudged() == ""


def test_what_the_weaver_does_not_see_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(weave._WHOLE, "FOR_ITER")
    weave._cache.clear()
    assert child.misjudged().startswith("the self-check saw a_loop_over_a_shared_iterator give ")
    weave._cache.clear()


def test_a_lock_that_lets_two_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ControlledLock, "acquire", lambda self, *_, **__: True)
    assert "a_lock_that_prevents_it" in child.misjudged()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)", "the self-check crashed (SIGSEGV)"),
        ("raise SystemError('bad argument')", "the self-check failed (SystemError: bad argument)"),
        ("print('the self-check saw something')", "the self-check saw something"),
    ],
)
def test_however_it_goes_wrong_one_line_says_it(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(text, tmp_path, monkeypatch)
    assert selfcheck.judge() == said


def test_a_check_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead("while True: pass", tmp_path, monkeypatch)
    monkeypatch.setattr(selfcheck, "_PATIENCE", 0.3)
    assert selfcheck.judge() == "the self-check did not end within 0.3 s"


def test_where_there_are_no_processes_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    assert selfcheck.judge() == ""


# -- when it is asked for ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tested", "why"),
    [
        ({}, "of a series that was not tested"),
        ({HERE: ((*HERE, 0), 1)}, "whose bytecode has an unknown magic number"),
        ({HERE: ((*HERE, -1), selfcheck.TESTED[HERE][1])}, "newer than what was tested"),
        ({HERE: ((*HERE, 99), selfcheck.TESTED[HERE][1])}, ""),
    ],
)
def test_of_what_was_not_tested(tested: dict, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "TESTED", tested)
    monkeypatch.delattr(sys, "gettotalrefcount", raising=False)
    assert selfcheck.reason() == why


def test_of_other_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "TESTED", {HERE: ((*HERE, 99), selfcheck.TESTED[HERE][1])})
    monkeypatch.setattr(sys, "gettotalrefcount", int, raising=False)
    assert selfcheck.reason() == "built for debugging"
    monkeypatch.setattr(sys, "_jit", SimpleNamespace(is_enabled=lambda: True), raising=False)
    assert selfcheck.reason() == "with a JIT compiler"


def test_once_for_all_processes(untested: None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(selfcheck, "judge", lambda: calls.append(1) or "")
    assert explore(nothing).holds and explore(nothing).holds
    monkeypatch.setattr(selfcheck, "_settled", None)  # as in a process that is started from here
    assert explore(nothing).holds
    assert calls == [1]
    monkeypatch.setenv(selfcheck._PASSED, "another Python")
    monkeypatch.setattr(selfcheck, "_settled", None)
    assert explore(nothing).holds
    assert calls == [1, 1]


def test_not_on_a_python_that_was_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "reason", lambda: "")
    monkeypatch.setattr(selfcheck, "judge", lambda: pytest.fail("nobody asked for it"))
    assert explore(nothing).holds
    assert selfcheck._PASSED not in os.environ


# -- what is said then ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [explore, lambda f: check(f, expect=1), play], ids=["explore", "check", "play"])
def test_no_verdict_but_one_plain_line(call, misjudging: None) -> None:
    for _ in range(2):
        with pytest.raises(selfcheck.PythonRefused) as refused:
            call(nothing)
    (line,) = refused.value._render_traceback_()
    assert "a_lost_update gave [2]. Use one that was tested" in line and "of a series that was not tested" in line
    assert "\n" not in line


def test_nothing_is_graded(misjudging: None) -> None:
    with pytest.raises(CourseError, match=r"a_lost_update gave \[2\].*Nothing was graded"):
        batch.grade_class(find(), ["02-races"])
    with pytest.raises(selfcheck.PythonRefused):
        grade.grade_file(grade.Release("x", "{}", "{}"), b"", Limits())


def test_the_command_line_says_it_in_one_line(
    misjudging: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = tmp_path / "answer.py"
    answer.write_text("class Counter: pass")
    assert cli.main(["check", "counter", str(answer)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("checker: no verdicts on this Python") and said.err.count("\n") == 1


def test_a_free_threaded_build_is_told_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "free_threaded", lambda: True)
    with pytest.raises(selfcheck.PythonRefused, match="free-threaded .* use the ordinary build of the same version"):
        explore(nothing)
    assert list(stress(nothing, rounds=3)) == [1]


def test_the_doctor_always_looks(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(selfcheck, "reason", lambda: "")
    monkeypatch.setattr(selfcheck, "judge", lambda: "the self-check crashed (SIGSEGV)")
    assert cli.main(["doctor"]) == 1
    assert "missing  verdicts: known programs are judged rightly (the self-check crashed (SIGSEGV)" in (
        capsys.readouterr().out
    )
