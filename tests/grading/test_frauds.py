"""A whole class of hostile notebooks, graded at once: every one gets its mark and its reason, nothing else changes."""

import hashlib
import os
import time
from pathlib import Path

import pytest
import tiny
from frauds import FRAUDS, HONEST

from checker.grading import batch, report, sandbox

pytestmark = pytest.mark.slow


def name_of(fraud):
    return "s-" + fraud.replace(" ", "-").replace(".", "-").lower()


def processes(token):
    """Processes that were started with the token in their environment, which all below inherit."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if token.encode() in Path(f"/proc/{pid}/environ").read_bytes():
                found.append(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def digests(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


class Class:
    """The class after grading."""

    def __init__(self, root):
        self.course = tiny.course(root)
        for index, (name, fraud) in enumerate(FRAUDS.items()):
            tiny.hand_in(self.course, name_of(name), fraud.data)
            for file, text in fraud.files.items():
                path = root / "submitted" / name_of(name) / tiny.NAME / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            if index % 4 == 0:  # an honest student after every fourth
                tiny.hand_in(self.course, f"{name_of(name)}-neighbour", tiny.submission())
        self.token = f"class-{os.getpid()}-{time.time_ns()}"
        self.files_before = digests(root)
        self.temporary_before = set(os.listdir("/tmp"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(sandbox.ENVIRONMENT, "CHECKER_TEST", self.token)
            self.rows = {row.student: row for row in batch.grade_class(self.course, [tiny.NAME])}
        self.left = processes(self.token)
        deadline = time.monotonic() + 60
        while self.left and time.monotonic() < deadline:  # what was killed takes a moment to be gone
            time.sleep(0.1)
            self.left = processes(self.token)
        self.files_after = digests(root)
        self.temporary_after = set(os.listdir("/tmp"))
        self.findings = report.findings(root / "autograded", tiny.NAME)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    return Class(tmp_path_factory.mktemp("class"))


def test_there_are_enough_of_them():
    assert len(FRAUDS) >= 40


@pytest.mark.parametrize("name", FRAUDS)
def test_a_fraud_gets_its_mark_and_its_reason(graded, name):
    fraud, row = FRAUDS[name], graded.rows[name_of(name)]
    assert row.error == ""
    own = [finding for finding in graded.findings if finding.student == name_of(name)]
    told = [f"{finding.check} {finding.outcome}: {finding.reason}" for finding in own if finding.outcome != "passed"]
    reviewed = any(finding.outcome == "review" for finding in own)
    assert (row.mark.points, reviewed) == (fraud.points, fraud.review), told
    assert fraud.reason in "\n".join(told)
    assert row.seconds < fraud.seconds


def test_every_neighbour_has_full_marks(graded):
    marks = {student: row.mark.points for student, row in graded.rows.items() if student.endswith("neighbour")}
    assert marks and set(marks.values()) == {HONEST}


def test_every_submission_has_a_row(graded):
    submitted = {path.name for path in (graded.course.root / "submitted").iterdir()}
    assert set(graded.rows) == submitted


def test_no_process_stays_behind(graded):
    assert graded.left == []


def test_no_file_is_changed_but_the_gradebook_and_none_is_left(graded):
    root = graded.course.root
    new = {path for path in graded.files_after if path not in graded.files_before}
    changed = {path for path, digest in graded.files_before.items() if graded.files_after.get(path) != digest}
    assert {path.relative_to(root).parts[0] for path in new} == {"autograded"}
    assert {path.name for path in changed} == {"gradebook.db"}
    assert not {name for name in graded.temporary_after - graded.temporary_before if "fraud" in name}


def test_nothing_that_a_browser_would_run_is_written(graded):
    for path in (graded.course.root / "autograded").rglob("*.ipynb"):
        text = path.read_text()
        assert '"text/html"' not in text and '"application/javascript"' not in text
