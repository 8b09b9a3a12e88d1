"""What the documents show works as they say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from checker import building, cli, vetting
from checker.course import FOLDER_VARIABLE, Course, find

ROOT = find().root
DOCS = sorted((ROOT / "docs").glob("*.md"))


def files_shown(document: Path) -> dict[str, str]:
    """The files that a document shows: a path in backticks on a line of its own, then the file's text in a fence."""
    shown = re.findall(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```", document.read_text(), re.DOTALL | re.MULTILINE)
    return dict(shown)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_links_and_make_targets_exist(document: Path) -> None:
    text = document.read_text()
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", text):
        assert (document.parent / target).exists(), target
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)", text)) <= targets


@pytest.mark.slow
def test_the_worked_example_of_the_instructor_page_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = files_shown(ROOT / "docs" / "instructor.md")
    for name, text in shown.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    building.build(course, say=lambda _: None)
    missing = [fault for fault in vetting.faults(course) if not re.search(r"\d (right|wrong) answers?", fault)]
    assert missing == []

    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    answers = [name for name in shown if "/answers/" in name]
    assert len(answers) >= 4
    for name in answers:
        capsys.readouterr()
        cli.main(["check", "once", str(tmp_path / name), "--json"])
        report = json.loads(capsys.readouterr().out)
        failed = ", ".join(f"{check['id']} {check['outcome']}" for check in report["checks"] if not check["passed"])
        assert shown[name].startswith(f"# fails: {failed}\n") if failed else "right_" in name
