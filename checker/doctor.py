"""Looks whether an installation has what the course needs; the start page and `checker doctor` show it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from checker import selfcheck
from checker.course import CourseError, find

_PACKAGES = ("jupyterlab", "nbgrader", "matplotlib", "bytecode", "anywidget")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    good: bool
    what: str  # "Python 3.12.1"
    advice: str = ""  # what to do about it, if it is not good
    needed: bool = True  # False: the course works without it


def examine() -> list[Finding]:
    """Look at everything. Takes about a second, and changes nothing."""
    return [*_python(), *_packages(), *_course(), _sandbox()]


def text(findings: list[Finding]) -> str:
    """The findings for a terminal, one line each."""
    marks = {True: "ok     ", False: "missing"}
    return "\n".join(
        f"{marks[finding.good]}  {finding.what}" + (f" ({finding.advice})" if not finding.good else "")
        for finding in findings
    )


def _python() -> Iterator[Finding]:
    here = ".".join(map(str, sys.version_info[:3]))
    yield Finding(sys.version_info >= (3, 11), f"Python {here}", "the course needs 3.11 or later")
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    yield Finding(True, f"{os.cpu_count()} cores, GIL {'on' if gil else 'off'}")
    yield _verdicts()


def _verdicts() -> Finding:
    try:
        selfcheck.require()
    except selfcheck.PythonRefused as error:
        return Finding(False, "verdicts", str(error))
    fault = selfcheck.judge()  # always, though `require` asks for it only where this Python was not tested
    return Finding(not fault, "verdicts: known programs are judged rightly", f"{fault}; take another Python")


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            present = find_spec(name) is not None
            yield Finding(present, f"{name} {version(name)}", "run `make lab` again")
        except PackageNotFoundError:
            yield Finding(False, name, "run `make lab` again")


def _course() -> Iterator[Finding]:
    try:
        course = find()
    except CourseError as error:
        yield Finding(False, "the course's folder", str(error))
        return
    yield Finding(bool(course.assignments()), f"{len(course.assignments())} assignments", "run `make build`")
    prepared = (course.state / "prepared.json").exists()
    yield Finding(prepared, "exchange and gradebook", "run `make lab`, or `python -m checker prepare`")


def _sandbox() -> Finding:
    """Only grading needs it: learners check their own answers in their own kernel."""
    try:
        from checker.grading.limits import Limits
        from checker.grading.session import self_test

        return Finding(True, f"sandbox for grading: {self_test(Limits())}", needed=False)
    except Exception as error:  # whatever it is, the report goes on
        return Finding(False, "sandbox for grading", f"needed by instructors only: {error}", needed=False)
