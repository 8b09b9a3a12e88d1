"""Tests that need what the machine lacks are left out, and the closing lines say so; `--insist` allows none of that."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import needs
import pytest

CONFTEST = """
import needs

needs.NEEDS["air"] = needs.Need(lambda: True, "")
needs.NEEDS["a unicorn"] = needs.Need(lambda: False, "look in the woods")


def pytest_addoption(parser):
    parser.addoption("--insist", action="store_true")


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(what): left out where the machine lacks it")
    config.pluginmanager.register(needs.LeavingOut(config.getoption("--insist")))
"""

TESTS = """
from needs import needs


@needs("air")
def test_breathing(): pass


@needs("a unicorn")
@needs("air")
def test_riding(): assert False


@needs("a unicorn")
def test_feeding(): assert False
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), "-c", os.devnull]
    environment = {**os.environ, "PYTHONPATH": str(Path(needs.__file__).parent), "COLUMNS": "120"}
    return subprocess.run(
        [*command, *options, str(folder)], cwd=folder, env=environment, capture_output=True, text=True, timeout=100
    )


def test_what_is_left_out_is_in_the_closing_lines(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout
    *_, advice, closing = done.stdout.splitlines()
    assert advice == "Left out: 2 tests that need a unicorn (look in the woods)."
    assert "1 passed, 2 left out (no a unicorn) in " in closing


def test_what_was_not_asked_for_is_not_counted(tmp_path: Path) -> None:
    assert "left out" not in run(tmp_path, "-k", "breathing").stdout.lower()


def test_who_insists_is_told_what_is_lacking(tmp_path: Path) -> None:
    done = run(tmp_path, "--insist")
    assert done.returncode != 0
    assert "ERROR: this machine lacks a unicorn (look in the woods)" in done.stderr + done.stdout


def test_only_what_is_known_can_be_needed() -> None:
    with pytest.raises(ValueError, match="a horse: one of chromium, bubblewrap"):
        needs.needs("a horse")


def test_a_browser_is_one_that_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_APPLICATIONS", ())
    driver = [sys.executable, "-m", "playwright", "--version"]
    starts = needs._starts
    monkeypatch.setattr(needs, "_starts", lambda command: driver == command or starts(command))
    monkeypatch.setattr(needs, "_of_playwright", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    broken, whole = tmp_path / "chromium", tmp_path / "msedge"
    for program, status in ((broken, 127), (whole, 0)):
        program.write_text(f"#!/bin/sh\nexit {status}\n")
        program.chmod(0o755)
    needs.browser.cache_clear()
    assert needs.browser() == whole
    whole.unlink()
    needs.browser.cache_clear()
    assert needs.browser() is None


def test_a_browser_that_cannot_be_driven_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "_starts", lambda command: "playwright" not in command)
    monkeypatch.setattr(needs, "_of_playwright", lambda: pytest.fail("it would not answer"))
    assert needs.browser() is None


@pytest.fixture(autouse=True)
def nothing_is_known() -> Iterator[None]:
    needs.browser.cache_clear()
    yield
    needs.browser.cache_clear()
