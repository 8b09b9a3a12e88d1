"""A class goes through `checker grade`: resumed, repeated, interrupted, and always as `nbgrader autograde` would."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import tiny
from tiny import COUNTER, UNLOCKED

from checker.course import CourseError
from checker.grading import batch, exercises, export, pool, report, sandbox, session
from checker.grading.records import Records

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SUBMISSIONS = {
    "ada": tiny.submission(),
    "ben": tiny.submission(counter=UNLOCKED),
    "cem": tiny.submission(counter="import sys\n" + COUNTER),
    "dora": tiny.submission(lambda notebook: b"{ not"),
    "emil": tiny.submission(lambda notebook: notebook["cells"].pop(3)),
    "fay": tiny.submission(lambda notebook: tiny.find_cell(notebook, "essay").update(source="Because.")),
}
POINTS = {"ada": 5, "ben": 2, "cem": 1, "dora": 0, "emil": 5, "fay": 5}


def a_class(root):
    course = tiny.course(root)
    for student, data in SUBMISSIONS.items():
        tiny.hand_in(course, student, data)
    return course


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = a_class(tmp_path_factory.mktemp("batch"))
    return course, batch.grade_class(course, [tiny.NAME])


def gradebook(course):
    """student -> cell -> (automatic score, needs a person, comment)."""
    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook, "acquire") as book:
        found = {}
        for submission in book.find_assignment(tiny.NAME).submissions:
            (notebook,) = submission.notebooks
            marks = {g.name: (g.auto_score, g.needs_manual_grade) for g in notebook.grades}
            found[submission.student.id] = marks | {f"{c.name} says": c.comment for c in notebook.comments}
        return found


def test_everybody_has_the_points_deserved(graded):
    _, rows = graded
    assert {row.student: row.mark.points for row in rows} == POINTS
    assert {row.student for row in rows if row.error} == set()


def test_what_a_person_must_look_at_is_marked_with_the_reason(graded):
    found = gradebook(graded[0])
    assert found["cem"]["counter-1"] == (0.0, True)
    assert found["cem"]["counter says"] == "For review: the gate refused line 1: import of sys."
    assert found["ada"]["counter-1"] == (2.0, False)
    assert found["fay"]["essay"][1] and not found["ada"]["essay"][1]  # written, and left as it was


def test_nbgrader_autograde_gives_the_same(graded, tmp_path):
    course = a_class(tmp_path)
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", tiny.NAME],
        cwd=course.root,
        env=course.environment(),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert gradebook(course) == gradebook(graded[0])
    ours, theirs = (
        {path.parent.parent.name: outputs(path) for path in (root / "autograded").glob("*/*/*.ipynb")}
        for root in (graded[0].root, course.root)
    )
    assert ours == theirs


def outputs(path):
    cells = json.loads(path.read_text())["cells"]
    return {cell["id"]: [o.get("evalue") for o in cell["outputs"]] for cell in cells if cell.get("outputs")}


def test_a_second_run_finds_nothing_to_do(graded):
    course, _ = graded
    assert batch.grade_class(course, [tiny.NAME]) == []
    assert "Nothing to grade" in batch.table([])


def test_force_and_students_choose(graded):
    course, _ = graded
    rows = batch.grade_class(course, [tiny.NAME], students=["ada", "ben"], force=True, workers=1)
    assert {row.student: row.mark.points for row in rows} == {"ada": 5, "ben": 2}


def test_a_newer_submission_is_graded_again(graded):
    course, _ = graded
    folder = course.root / "submitted" / "ben" / tiny.NAME
    (folder / f"{tiny.NAME}.ipynb").write_bytes(tiny.submission())
    (folder / "timestamp.txt").write_text("2026-03-02 12:00:00 UTC")
    try:
        assert [(row.student, row.mark.points) for row in batch.grade_class(course, [tiny.NAME])] == [("ben", 5)]
    finally:
        (folder / f"{tiny.NAME}.ipynb").write_bytes(SUBMISSIONS["ben"])
        batch.grade_class(course, [tiny.NAME], students=["ben"], force=True)


def test_a_manual_score_is_kept_and_asked_about(graded):
    from nbgrader.api import Gradebook

    course, _ = graded
    with Gradebook(course.gradebook, "acquire") as book:
        book.find_grade("counter-1", tiny.NAME, tiny.NAME, "ada").manual_score = 1.5
        book.db.commit()
    (row,) = batch.grade_class(course, [tiny.NAME], students=["ada"], force=True)
    assert row.mark.points == 4.5 and row.mark.review
    with Gradebook(course.gradebook, "acquire") as book:
        book.find_grade("counter-1", tiny.NAME, tiny.NAME, "ada").manual_score = None
        book.db.commit()
    batch.grade_class(course, [tiny.NAME], students=["ada"], force=True)


def test_a_link_in_place_of_the_notebook_is_not_followed(graded):
    course, _ = graded
    folder = course.root / "submitted" / "link" / tiny.NAME
    folder.mkdir(parents=True)
    (folder / f"{tiny.NAME}.ipynb").symlink_to(course.notebook(tiny.NAME))
    (row,) = batch.grade_class(course, [tiny.NAME], students=["link"])
    assert row.mark.points == 0 and row.mark.review


def test_a_missing_notebook_gets_zero(graded):
    course, _ = graded
    (course.root / "submitted" / "none" / tiny.NAME).mkdir(parents=True)
    (row,) = batch.grade_class(course, [tiny.NAME], students=["none"])
    assert row.mark.points == 0 and not row.mark.review


def test_an_odd_timestamp_is_no_reason_to_stop(graded):
    course, _ = graded
    tiny.hand_in(course, "odd", tiny.submission())
    (course.root / "submitted" / "odd" / tiny.NAME / "timestamp.txt").write_text("never, '; DROP TABLE")
    (row,) = batch.grade_class(course, [tiny.NAME], students=["odd"])
    assert row.mark.points == tiny.MOST


def test_an_unknown_assignment_is_one_clear_line(graded):
    with pytest.raises(CourseError, match="the gradebook has no assignment 99-none"):
        batch.grade_class(graded[0], ["99-none"])


def test_without_a_sandbox_nothing_is_graded(graded, monkeypatch):
    def broken(limits):
        raise sandbox.SandboxError("the sandbox does not hold")

    monkeypatch.setattr(session, "proven", broken)
    with pytest.raises(CourseError, match="Nothing was graded; --unsandboxed"):
        batch.grade_class(graded[0], [tiny.NAME], force=True)


def test_unsandboxed_says_what_it_means(graded, capsys):
    course, _ = graded
    (row,) = batch.grade_class(course, [tiny.NAME], students=["ada"], force=True, sandboxed=False)
    assert row.mark.points == tiny.MOST
    assert "all that you may do on this machine" in capsys.readouterr().err


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    course = tiny.course(tmp_path)
    students = {f"s{number}": 2 for number in range(4)} | {"t0": 1, "t1": 1}
    for student, points in students.items():
        # the last two take seconds of processor time: the run cannot end before it is interrupted
        counter = UNLOCKED if points == 2 else COUNTER + "while True: pass\n"
        tiny.hand_in(course, student, tiny.submission(counter=counter))
    command = [sys.executable, "-m", "checker", "grade", tiny.NAME, "--workers", "2"]
    environment = course.environment() | {"CHECKER_COURSE": str(course.root)}
    process = subprocess.Popen(
        command, env=environment, cwd=course.root, start_new_session=True, stderr=subprocess.PIPE
    )
    place = course.root / "autograded"
    deadline = time.monotonic() + 200
    while not any(place.glob(f"*/{tiny.NAME}")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1].decode()
    assert process.returncode == 130 and "Traceback" not in said, said
    done = {path.parent.name: path.stat().st_mtime_ns for path in place.glob(f"*/{tiny.NAME}")}
    assert 0 < len(done) < len(students)
    rows = batch.grade_class(course, [tiny.NAME])
    assert {row.student for row in rows} == set(students) - set(done)
    assert {path.parent.name for path in place.glob(f"*/{tiny.NAME}")} == set(students)
    assert all((place / name / tiny.NAME).stat().st_mtime_ns == when for name, when in done.items())
    marks = {
        student: sum(found[check.id][0] for check in tiny.read().checks) for student, found in gradebook(course).items()
    }
    assert marks == students


def test_an_interrupt_waits_until_the_mark_is_written():
    before, done = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), batch.Interrupts() as interrupts:
        with interrupts.held():
            signal.raise_signal(signal.SIGINT)
            done.append("written")
        done.append("never reached")
    assert done == ["written"]
    with pytest.raises(KeyboardInterrupt), batch.Interrupts():
        signal.raise_signal(signal.SIGINT)
        done.append("never reached")
    assert done == ["written"] and signal.getsignal(signal.SIGINT) is before


def test_late_submissions_get_the_penalty_of_the_configuration(tmp_path):
    from nbgrader.api import Gradebook

    course = tiny.course(tmp_path)
    (tmp_path / "late.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\nclass Half(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student, score, late): return score / 2\n"
    )
    config = tmp_path / "nbgrader_config.py"
    config.write_text(
        config.read_text() + "import sys\nsys.path.insert(0, str(HERE))\nimport late\n"
        "c.AssignLatePenalties.plugin_class = late.Half\n"
    )
    with Gradebook(course.gradebook, "acquire") as book:
        book.update_or_create_assignment(tiny.NAME, duedate="2026-02-01 12:00:00 UTC")
    tiny.hand_in(course, "late", tiny.submission())
    batch.grade_class(course, [tiny.NAME])
    with Gradebook(course.gradebook, "acquire") as book:
        assert book.find_submission(tiny.NAME, "late").late_submission_penalty == tiny.MOST / 2


def test_the_report_tells_who_passed_how_others_failed_and_who_needs_a_person(graded):
    course, _ = graded
    page = report.page(tiny.NAME, report.findings(course.root / "autograded", tiny.NAME))
    assert "no_increment_is_lost can give 1; expected 2" in page
    assert "import of sys" in page and "<script" not in page and "data:image/png" in page


def test_the_export_tells_a_review_from_a_zero(graded, tmp_path):
    from nbgrader.api import Gradebook

    course, _ = graded
    path = tmp_path / "grades.csv"
    with Gradebook(course.gradebook, "acquire") as book:
        export.ReviewExporter(to=str(path)).export(book)
    rows = {line.split(",")[1]: line.split(",") for line in path.read_text().splitlines()[1:]}
    assert rows["dora"][-2:] == ["0.0", "True"] and rows["ben"][-2:] == ["2.0", "False"]


def test_the_command_prints_a_table_and_writes_the_report(graded, monkeypatch, capsys):
    course, _ = graded
    monkeypatch.setattr(batch, "find", lambda: course)
    options = argparse.Namespace(
        assignments=[tiny.NAME], students=["ben"], workers=1, dask=None, force=True, unsandboxed=False
    )
    assert batch.main(options) == 0
    said = capsys.readouterr()
    assert "ben" in said.out and "2 of 8" in said.out and ".state/reports/01-tiny.html" in said.out
    assert "1/1 submissions" in said.err


def test_the_writer_can_repeat_itself(graded):
    from checker.grading import exercises

    course, _ = graded
    (row,) = batch.grade_class(course, [tiny.NAME], students=["ada"], force=True)
    with Records(exercises.settings(course)) as records:
        assert records.score(tiny.NAME, "ada") == row.mark


def die(job):
    if job == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    return job.upper()


def test_a_job_that_kills_its_process_fails_alone():
    jobs = ["a", "b", "dies", "c", "d"]
    found = dict(pool.run(die, jobs, 2))
    assert str(found.pop("dies")) == "the process that graded it died twice"
    assert found == {"a": "A", "b": "B", "c": "C", "d": "D"}


def test_a_date_that_is_no_file_is_no_date(tmp_path):
    course = tiny.course(tmp_path)
    odd = {"ada": os.mkfifo, "ben": os.mkdir, "cem": lambda path: path.symlink_to("/dev/zero")}
    with Records(exercises.settings(course)) as records:
        for student, make in odd.items():
            folder = course.root / "submitted" / student / tiny.NAME
            folder.mkdir(parents=True)
            for name in ("timestamp.txt", "submission_secret.txt"):
                make(folder / name)
            assert records.timestamp(folder) is None
            assert records.write(tiny.NAME, student, {tiny.NAME: None}).points == 0
            assert list((course.root / "autograded" / student / tiny.NAME).iterdir()) == []


def test_a_file_that_nobody_may_read_does_not_stop_the_class(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("Permission denied")

    path = tmp_path / "notebook.ipynb"
    path.write_bytes(b"{}")
    assert batch._bytes(path, 10) == b"{}"
    monkeypatch.setattr(batch, "open", refuse, raising=False)
    assert batch._bytes(path, 10) == b""
