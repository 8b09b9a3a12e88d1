"""The one writer of marks: the gradebook and the folder of graded notebooks, one submission at a time.

Writing the same submission again gives the same rows and files, so a run that was interrupted between the two can
simply be repeated.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from checker.grading import preprocessor
from checker.grading.grade import Graded

#: What nbgrader puts beside a submitted notebook and wants to find beside a graded one.
_KEPT = ("timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a submission's notebook got."""

    points: float
    most: float
    review: bool


class Records:
    """The gradebook of a course, held open for writing."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.folder = CourseDirectory(config=config)
        self._book = Gradebook(self.folder.db_url, self.folder.course_id)

    def __enter__(self) -> Records:
        self._book.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self._book.__exit__(*details)

    def notebooks(self, assignment: str) -> list[str]:
        """Names of the assignment's notebooks; empty if the gradebook does not know it."""
        try:
            return [notebook.name for notebook in self._book.find_assignment(assignment).notebooks]
        except MissingEntry:
            return []

    def path(self, step: str, student: str, assignment: str) -> Path:
        """The folder of a submission in one of nbgrader's steps ("submitted", "autograded")."""
        name = getattr(self.folder, f"{step}_directory")
        return Path(self.folder.format_path(name, student, assignment))

    def timestamp(self, folder: Path) -> Any:
        """When a submission was handed in; None if that is not known."""
        try:
            return utils.parse_utc(_beginning(folder / "timestamp.txt").decode(errors="replace").strip()[:100])
        except (OSError, ValueError, OverflowError):
            return None

    def write(self, assignment: str, student: str, notebooks: dict[str, tuple[dict[str, Any], Graded] | None]) -> Mark:
        """Enter a submission: marks, reviews, comments, penalties; then its graded notebooks.

        Args:
            notebooks: name -> graded notebook and marks, None for one that was not handed in (it gets zero).

        Raises:
            Exception: it could not be written, whatever the reason. The next submission can be.
        """
        try:
            return self._write(assignment, student, notebooks)
        except BaseException:
            self._book.db.rollback()
            raise

    def _write(self, assignment: str, student: str, notebooks: dict[str, tuple[dict[str, Any], Graded] | None]) -> Mark:
        handed_in = self.path("submitted", student, assignment)
        book = self._book
        book.update_or_create_student(student)
        when = self.timestamp(handed_in)
        with warnings.catch_warnings():  # nbgrader 0.9 with SQLAlchemy 2: harmless, and nobody here can mend it
            warnings.simplefilter("ignore", SAWarning)
            submission = book.update_or_create_submission(assignment, student, **({"timestamp": when} if when else {}))
        graded = {name: self._finished(assignment, name, done[0]) for name, done in notebooks.items() if done}
        for entry in submission.notebooks:
            done = notebooks.get(entry.name)
            cells = {_name(cell): cell for cell in graded[entry.name].cells} if done else {}
            for grade in entry.grades:
                score = utils.determine_grade(cells[grade.name])[0] if grade.name in cells else 0.0
                grade.auto_score = score
                grade.needs_manual_grade = grade.manual_score is not None or score is None
            for comment in entry.comments:
                cell = cells.get(comment.name)
                blank = cell is not None and cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
                comment.auto_comment = "No response." if blank else None
            if done:
                preprocessor.mark(book, entry.name, assignment, student, done[1])
        book.db.commit()
        if submission.total_seconds_late > 0:
            self._penalise(assignment, student, [entry.name for entry in submission.notebooks])
            book.db.expire_all()
        self._store(assignment, student, graded, handed_in)
        return self._mark(submission)

    def score(self, assignment: str, student: str) -> Mark:
        """What the gradebook has of a submission."""
        return self._mark(self._book.find_submission(assignment, student))

    def _mark(self, submission: Any) -> Mark:
        grades = [grade for entry in submission.notebooks for grade in entry.grades]
        review = any(grade.needs_manual_grade for grade in grades)
        return Mark(submission.score, submission.max_score, review)

    def _finished(self, assignment: str, name: str, notebook: dict[str, Any]) -> Any:
        """The graded notebook with the checksums of the release, as nbgrader's own steps leave it."""
        result = nbformat.from_dict(notebook)
        for cell in result.cells:
            if _name(cell):
                try:
                    known = self._book.find_source_cell(_name(cell), name, assignment)
                except MissingEntry:
                    continue
                cell.metadata.nbgrader["checksum"] = known.checksum
        return result

    def _penalise(self, assignment: str, student: str, names: list[str]) -> None:
        for name in names:
            which = {"notebook": name, "assignment": assignment, "student": student}
            resources = {"nbgrader": {**which, "db_url": self.folder.db_url}}
            AssignLatePenalties(config=self._config).preprocess(nbformat.v4.new_notebook(), resources)

    def _store(self, assignment: str, student: str, graded: dict[str, Any], handed_in: Path) -> None:
        """Put the graded notebooks in their place in one move."""
        place = self.path("autograded", student, assignment)
        fresh = place.with_name(f".{assignment}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir(parents=True)
            for name, notebook in graded.items():
                (fresh / f"{name}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
            for name in _KEPT:
                with contextlib.suppress(FileNotFoundError):
                    (fresh / name).write_bytes(_beginning(handed_in / name))
            for file in fresh.iterdir():
                file.chmod(0o444)
            shutil.rmtree(place, ignore_errors=True)
            os.replace(fresh, place)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)  # still there only if something went wrong


def _beginning(path: Path) -> bytes:
    """The first 1,000 bytes of a file of the learner's. A pipe or a link to a device would never end.

    Raises:
        FileNotFoundError: there is no plain file.
    """
    if path.is_symlink() or not path.is_file():
        raise FileNotFoundError(f"{path.name} is no plain file")
    with open(path, "rb") as file:
        return file.read(1_000)


def _name(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
