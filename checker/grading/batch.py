"""`checker grade ASSIGNMENT…`: a whole class, in parallel, one writer to the gradebook.

A submission is done when its graded notebooks lie in `autograded/`; what is done is left alone, so an interrupted run
goes on where it was. Jobs are plain data in and out: they run in processes here or on a cluster all the same.
"""

from __future__ import annotations

import argparse
import functools
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker import selfcheck
from checker.course import Course, CourseError, find
from checker.grading import cluster, grade, pool, report, sandbox, session
from checker.grading.grade import Graded, Release
from checker.grading.limits import Limits
from checker.grading.progress import Progress
from checker.grading.source import SourceError

if TYPE_CHECKING:
    from checker.grading.records import Mark, Records

TRUSTED = (
    "Grading without sandbox: the answers run with all that you may do on this machine. They can read the solutions, "
    "change marks and delete files. Do this only for people you trust."
)


@dataclass(frozen=True, slots=True)
class Job:
    """One submission of one student."""

    assignment: str
    student: str
    notebooks: tuple[tuple[str, bytes | None], ...]  # name and bytes of the file, None if it was not handed in


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the summary."""

    assignment: str
    student: str
    mark: Mark | None
    error: str = ""
    seconds: float = 0.0  # that grading took, without writing


@dataclass(slots=True)
class Done:
    """What came of a job."""

    notebooks: dict[str, tuple[dict[str, Any], Graded] | None]  # None: not handed in
    seconds: float


def grade_job(job: Job, releases: dict[tuple[str, str], Release], limits: Limits, sandboxed: bool) -> Done:
    """Grade one submission."""
    began = time.monotonic()
    notebooks = {
        name: None
        if data is None
        else grade.grade_file(releases[job.assignment, name], data, limits, sandboxed=sandboxed)
        for name, data in job.notebooks
    }
    return Done(notebooks, time.monotonic() - began)


def grade_class(
    course: Course,
    assignments: Sequence[str],
    *,
    students: Sequence[str] | None = None,
    workers: int | None = None,
    dask: str | None = None,
    force: bool = False,
    sandboxed: bool = True,
    limits: Limits | None = None,
) -> list[Row]:
    """Grade what was submitted and collected; return a line for each submission that was graded now.

    Raises:
        CourseError: nothing can be graded: unknown assignment, no sandbox, no cluster, a Python that is not trusted.
    """
    from checker.grading import exercises  # nbgrader takes seconds to import
    from checker.grading.records import Records

    limits = limits or Limits()
    try:
        selfcheck.require()
    except selfcheck.PythonRefused as error:
        raise CourseError(f"{error}. Nothing was graded.") from None
    if sandboxed and dask is None:
        try:
            print(f"The sandbox holds: {session.proven(limits)}.", file=sys.stderr)
        except sandbox.SandboxError as error:
            raise CourseError(f"{error}. Nothing was graded; --unsandboxed grades people you trust.") from None
    elif not sandboxed:
        print(TRUSTED, file=sys.stderr)
    with Interrupts() as interrupts, Records(exercises.settings(course)) as records:
        releases = _releases(course, records, assignments)
        jobs = list(_jobs(records, assignments, students, force))
        work = functools.partial(grade_job, releases=releases, limits=limits, sandboxed=sandboxed)
        if dask is not None:
            finished: Iterable[tuple[Job, Any]] = cluster.run(work, jobs, dask)
        else:
            from checker import pictures  # noqa: F401  imported once, before the processes are forked

            finished = pool.run(work, jobs, min(workers or pool.cores(), max(1, len(jobs))))
        return sorted(_written(records, jobs, finished, interrupts), key=lambda row: (row.assignment, row.student))


def _releases(course: Course, records: Records, assignments: Sequence[str]) -> dict[tuple[str, str], Release]:
    found = {}
    for assignment in assignments:
        names = records.notebooks(assignment)
        if not names:
            raise CourseError(f"the gradebook has no assignment {assignment}; run `make build` and `checker prepare`")
        for name in names:
            path = course.solutions / assignment / f"{name}.ipynb"
            try:
                found[assignment, name] = grade.load(path, course.sources / assignment / "answers")
                grade.parsed(found[assignment, name])
            except (OSError, SourceError) as error:
                raise CourseError(f"{path.name} cannot be used for grading: {error}") from None
    return found


def _jobs(records: Records, assignments: Sequence[str], students: Sequence[str] | None, force: bool) -> Iterator[Job]:
    most = Limits().notebook + 1
    for assignment in assignments:
        for folder in sorted(records.path("submitted", "*", assignment).parent.parent.glob(f"*/{assignment}")):
            student = folder.parent.name
            if students is not None and student not in students:
                continue
            if not force and _done(records, folder, records.path("autograded", student, assignment)):
                continue
            names = records.notebooks(assignment)
            yield Job(assignment, student, tuple((name, _bytes(folder / f"{name}.ipynb", most)) for name in names))


def _done(records: Records, handed_in: Path, graded: Path) -> bool:
    if not graded.is_dir():
        return False
    new, old = records.timestamp(handed_in), records.timestamp(graded)
    return not (new and old and new > old)


def _bytes(path: Path, most: int) -> bytes | None:
    """The file's bytes, at most so many; nothing of a link, which may lead anywhere, or of what nobody may read."""
    try:
        if path.is_symlink() or not path.is_file():
            return b"" if path.is_symlink() else None
        with open(path, "rb") as file:
            return file.read(most)
    except OSError:
        return b""


class Interrupts:
    """Ctrl-C, which must not come in the middle of a mark: meanwhile it waits.

    Raised inside a callback of the database library, the exception would be printed there and lost.
    """

    def __init__(self) -> None:
        self._pressed = self._held = False

    def __enter__(self) -> Interrupts:
        self._handles = threading.current_thread() is threading.main_thread()  # only there can signals be handled
        if self._handles:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handles:
            signal.signal(signal.SIGINT, self._before)

    def _note(self, number: int, frame: Any) -> None:
        self._pressed = True
        if not self._held:
            raise KeyboardInterrupt

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lets the block run to its end.

        Raises:
            KeyboardInterrupt: behind the block, if Ctrl-C was pressed by then.
        """
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pressed:
            raise KeyboardInterrupt


def _written(
    records: Records, jobs: Sequence[Job], finished: Iterable[tuple[Job, Any]], interrupts: Interrupts
) -> Iterator[Row]:
    progress = Progress(len(jobs), "submissions")
    for job, outcome in finished:
        if isinstance(outcome, sandbox.SandboxError):
            raise CourseError(str(outcome))
        with interrupts.held():
            row = _row(records, job, outcome)
        yield row
        progress.step(job.student)


def _row(records: Records, job: Job, outcome: Any) -> Row:
    """Write what came of a job; what goes wrong is said in its own line."""
    if not isinstance(outcome, BaseException):
        try:
            mark = records.write(job.assignment, job.student, outcome.notebooks)
            return Row(job.assignment, job.student, mark, seconds=outcome.seconds)
        except Exception as error:
            outcome = error
    return Row(job.assignment, job.student, None, f"{type(outcome).__name__}: {outcome}")


def table(rows: Sequence[Row]) -> str:
    """The summary of a run."""
    if not rows:
        return "Nothing to grade: everything that was collected has its mark (--force grades it again)."
    width = max(len("student"), *(len(row.student) for row in rows))
    wide = max(len("assignment"), *(len(row.assignment) for row in rows))
    lines = [f"{'assignment':<{wide}}  {'student':<{width}}   points"]
    for row in rows:
        if row.mark is None:
            said = f"could not be graded: {row.error}"
        else:
            said = f"{row.mark.points:>4g} of {row.mark.most:g}{'   for review' if row.mark.review else ''}"
        lines.append(f"{row.assignment:<{wide}}  {row.student:<{width}}   {said}")
    return "\n".join(lines)


def main(options: argparse.Namespace) -> int:
    """Run the command; return its exit status: 1 if a submission could not be graded."""
    course = find()
    rows = grade_class(
        course,
        options.assignments,
        students=options.students,
        workers=options.workers,
        dask=options.dask,
        force=options.force,
        sandboxed=not options.unsandboxed,
    )
    print(table(rows))
    for assignment in options.assignments:
        path = report.write(course.root / "autograded", assignment, course.state / "reports")
        print(f"The class report of {assignment}: {path.relative_to(course.root)}")
    return 1 if any(row.mark is None for row in rows) else 0
