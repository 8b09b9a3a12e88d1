"""Preparing a clone, opening it, and the command line's plain errors."""

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from checker import cli, lab
from checker.course import Course, CourseError, find, prepare


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course without assignments: preparing it needs no nbgrader."""
    shutil.copy(find().root / "nbgrader_config.py", tmp_path)
    (tmp_path / "notebooks").mkdir()
    return Course(tmp_path)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_preparing_twice_changes_nothing(course: Course) -> None:
    prepare(course)
    once = _files(course.root)
    prepare(course)
    assert _files(course.root) == once


def test_jupyters_folders_lie_in_the_course(course: Course) -> None:
    prepare(course)
    environment = course.environment()
    names = [name for name in environment if name.startswith("JUPYTER_") and name.endswith("_DIR")]
    for name in [*names, "IPYTHONDIR", "MPLCONFIGDIR"]:
        assert Path(environment[name]).is_dir() and Path(environment[name]).is_relative_to(course.state), name
    assert len(names) >= 3


def test_places_can_be_named_in_the_environment(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKER_EXCHANGE", "/srv/exchange")
    monkeypatch.setenv("CHECKER_GRADEBOOK", "postgresql://db/grades")
    monkeypatch.setenv("CHECKER_WORK", "/home/anna/work")
    assert (str(course.exchange), course.gradebook, str(course.work)) == (
        "/srv/exchange",
        "postgresql://db/grades",
        "/home/anna/work",
    )


def test_the_first_page_is_the_first_notebook(course: Course) -> None:
    with pytest.raises(CourseError, match="make build"):
        course.first_page()
    for name in ("02-races", "00-start"):
        (course.lessons / f"{name}.ipynb").write_text("{}")
    assert course.first_page().stem == "00-start"


def test_a_taken_port_is_one_clear_line(course: Course) -> None:
    (course.lessons / "00-start.ipynb").write_text("{}")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"^port {port} is taken; [^\n]+$"):
            lab.run(course, port=port)


def test_outside_a_course_the_command_says_so_and_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHECKER_COURSE", str(tmp_path))
    assert cli.main(["build"]) == 2
    assert capsys.readouterr().err.startswith("checker: no course in ")


def test_a_call_that_is_not_permitted_is_no_matter_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(course: Course) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(cli, "prepare", fails)
    with pytest.raises(PermissionError):
        cli.main(["prepare"])


def test_an_unknown_command_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["fly"])
    assert ended.value.code == 2


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES], ids=errno.errorcode.get)
def test_a_folder_that_cannot_be_used_is_said_in_one_line(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(course: Course) -> None:
        raise OSError(number, os.strerror(number), "/course/.state")

    monkeypatch.setattr(cli, "prepare", fails)
    assert cli.main(["prepare"]) == 2
    assert capsys.readouterr().err == f"checker: /course/.state: {os.strerror(number)}\n"


def test_help_imports_nothing_heavy() -> None:
    """Each command loads what it needs when it runs; `checker --help` answers at once."""
    script = (
        "import sys; from checker.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('nbgrader', 'IPython', 'matplotlib') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300)
    assert run.stdout.splitlines()[-1] == "[]"


def test_a_checker_py_in_the_current_folder_is_not_imported(course: Course) -> None:
    (course.root / "checker.py").write_text("raise SystemExit('shadowed')")
    run = subprocess.run(
        [sys.executable, "-m", "checker", "--help"],
        cwd=course.root,
        env=course.environment(),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0 and "usage: checker" in run.stdout


def test_make_without_python_says_what_is_missing(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(find().root / name, tmp_path)
    run = subprocess.run(
        ["make", "lab", "PYTHON=no-such-python"], cwd=tmp_path, capture_output=True, text=True, env=os.environ
    )
    assert run.returncode != 0
    assert run.stderr.startswith("No Python 3.11 or later found as no-such-python; install one")
