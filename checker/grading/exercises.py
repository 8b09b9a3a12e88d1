"""nbgrader's own steps from solutions/ to exercises/, and from there to the exchange, for many at once.

The `nbgrader` command does one assignment a call and takes seconds to start; this calls the same code.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from nbgrader.utils import setenv
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from checker.course import Course, CourseError


def generate(course: Course, assignments: Iterable[str], *, into: Path, gradebook: str) -> None:
    """Write the release notebooks of some assignments, and enter these into a gradebook.

    Args:
        course: The course whose `solutions/` are the source.
        assignments: Names of assignments.
        into: The folder that gets one folder for each assignment.
        gradebook: SQLAlchemy address; a file that does not exist is made.

    Raises:
        CourseError: nbgrader could not do it; the text says why.
    """
    config = settings(course)
    config.CourseDirectory.release_directory = str(into)
    config.CourseDirectory.db_url = gradebook
    for assignment in assignments:
        folder = CourseDirectory(config=config, assignment_id=assignment)
        converter = GenerateAssignment(coursedir=folder, config=config, force=True)
        _run(course, converter, f"generate {assignment}")


def release(course: Course, assignment: str) -> None:
    """Put an assignment into the exchange, where learners can fetch it, in place of an earlier release.

    Raises:
        CourseError: nbgrader could not do it; the text says why.
    """
    config = settings(course)
    folder = CourseDirectory(config=config, assignment_id=assignment)
    exchange = ExchangeFactory(config=config).ReleaseAssignment(coursedir=folder, config=config, force=True)
    _run(course, exchange, f"release {assignment}")


def settings(course: Course) -> Config:
    """The course's nbgrader configuration, as its commands read it."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()


def _run(course: Course, application: Any, what: str) -> None:
    application.log.setLevel("ERROR")
    try:
        with setenv(PATH=course.environment()["PATH"]):
            application.start()
    except (Exception, SystemExit) as error:  # nbgrader ends the process where it cannot go on
        raise CourseError(f"nbgrader could not {what}: {error}") from error
