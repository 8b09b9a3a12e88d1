"""What stands in the way of installing is said in one line."""

from __future__ import annotations

import builtins
import os
import re
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import installing

PIP_SAYS = {
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device": "the disk is full",
    "error: could not create 'x.egg-info': Read-only file system": "{folder} cannot be written",
    "WARNING: Retrying … NewConnectionError('… [Errno -3] Temporary failure in name resolution')": (
        "the package index cannot be reached: is this machine online?"
    ),
    "ERROR: Could not find a version that satisfies the requirement setuptools>=77 (from versions: none)": (
        "the package index cannot be reached: is this machine online?"
    ),
    "ERROR: Package 'checker' requires a different Python: 3.10.1 not in '>=3.11'": (
        "a package does not support Python {python}; try another Python"
    ),
    "ERROR: Ignored the following versions that require a different python version: 3.11 Requires-Python <3.15\n"
    "ERROR: Could not find a version that satisfies the requirement matplotlib<4,>=3.10 (from versions: none)": (
        "a package does not support Python {python}; try another Python"
    ),
    "WARNING: Retrying … NewConnectionError('…')\n× Encountered error while generating package metadata.": (
        "a package cannot be built here"
    ),
    "× Encountered error while generating package metadata.\n╰─> contourpy": "a package cannot be built here",
    "something\nERROR: what nobody thought of": "ERROR: what nobody thought of",
    "it said nothing": "it said nothing",
}


@pytest.mark.parametrize("said", PIP_SAYS)
def test_a_line_for_each_trouble(said: str, tmp_path: Path) -> None:
    python = ".".join(map(str, sys.version_info[:3]))
    expected = PIP_SAYS[said].format(folder=tmp_path, python=python)
    assert installing._trouble(said, tmp_path / ".venv") == expected


def fails(call: Callable[..., None], *arguments: object) -> str:
    with pytest.raises(installing.NotInstalled) as failed:
        call(*arguments)
    assert "\n" not in str(failed.value)
    return str(failed.value)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert (
        fails(installing.make, tmp_path / ".venv")
        == f"{tmp_path} cannot be written; copy the project to a folder of yours"
    )


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")(700 << 20)
    monkeypatch.setattr(installing.shutil, "disk_usage", lambda path: usage)
    assert fails(installing.make, tmp_path / ".venv") == "the disk has 700 MB left; the course needs 1,500 MB"


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert fails(installing.make, tmp_path) == f"{tmp_path} is there and is no environment; name another: make VENV=…"
    assert (tmp_path / "thesis.txt").exists()


def test_nothing_is_left_of_half_an_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str]) -> str:
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        return "Error: [Errno 28] No space left on device"

    monkeypatch.setattr(installing, "_run", run)
    assert fails(installing.make, tmp_path / ".venv") == "the disk is full"
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_that_makes_no_environments(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def importing(name: str, *rest: object) -> object:
        if name == missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", importing)
    said = fails(installing.make, tmp_path / ".venv")
    assert f"(it has no {missing})" in said and re.search(r"sudo apt install python3\.\d\d-venv$", said)


def test_a_python_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    assert fails(installing.make, tmp_path / ".venv").startswith("this is Python 3.9.1; the course needs 3.11 or later")


def test_no_network_is_one_line_and_what_pip_said_is_kept(tmp_path: Path) -> None:
    """With the environment of these tests, whose pip asks an index on a port where nobody listens."""
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "pyproject.toml").write_text("[project]\nname = 'x'\nversion = '1'\n")
    program = Path(installing.__file__)
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_RETRIES": "0",
        "PIP_NO_INPUT": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | nowhere
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, str(program), str(tmp_path), str(tmp_path / "project")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1 and done.stdout == ""
    log = tmp_path / "install.log"
    assert done.stderr == (
        f"Installing failed: the package index cannot be reached: is this machine online? (what pip said: {log}).\n"
    )
    assert "127.0.0.1" in log.read_text()


def test_it_runs_on_the_standard_library_alone() -> None:
    program = Path(installing.__file__)
    done = subprocess.run([sys.executable, "-I", "-S", str(program)], capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stderr) == (2, "usage: python installing.py FOLDER [REQUIREMENT]\n")
