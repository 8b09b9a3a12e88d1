"""A learner's home on a JupyterHub: lessons to work in, and settings that know the exchange and nothing more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from checker.course import Course, silence

#: What only instructors see of nbgrader.
_INSTRUCTORS_ONLY = ("formgrader", "create-assignment", "course-list")

_CONFIG = '''\
"""Written when this learner's server starts: where assignments are fetched from and handed in."""
c = get_config()
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.student_id = {user!r}
c.CourseDirectory.include = ["*.ipynb", "*.md", "timestamp.txt", "submission_secret.txt"]
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
c.Exchange.assignment_dir = {work!r}
c.ExchangeSubmit.strict = True
'''


def make_home(course: Course, home: Path, user: str, *, course_id: str = "acquire") -> Course:
    """Make a learner's home ready; what the learner has changed in it stays.

    Args:
        course: the instructor's course, of which the learner gets the lessons and the address of the exchange.
        home: the folder that JupyterLab shows to the learner.
        user: the learner's name on the Hub, under which work is handed in.
        course_id: nbgrader's name of the course.

    Returns:
        The home as a course, whose `environment()` the learner's server needs.
    """
    own = Course(home)
    for folder in (own.lessons, home / "my-work", own.state / "jupyter" / "config" / "labconfig"):
        folder.mkdir(parents=True, exist_ok=True)
    for lesson in course.lessons.glob("*.ipynb"):
        if not (own.lessons / lesson.name).exists():
            shutil.copy(lesson, own.lessons)
    settings = _CONFIG.format(
        course_id=course_id,
        user=user,
        exchange=str(course.exchange),
        cache=str(own.state / "cache"),
        work=str(home / "my-work"),
    )
    for folder in (home, home / "my-work"):  # the Assignment List looks only in the second
        (folder / "nbgrader_config.py").write_text(settings)
    config = own.state / "jupyter" / "config"
    silence(config)
    page = config / "labconfig" / "page_config.json"
    shown = json.loads(page.read_text())
    shown["disabledExtensions"] |= {f"@jupyter/nbgrader:{name}": True for name in _INSTRUCTORS_ONLY}
    page.write_text(json.dumps(shown))
    server = config / "jupyter_server_config.json"
    served = json.loads(server.read_text())
    served["ServerApp"]["jpserver_extensions"] |= {
        "nbgrader.server_extensions.formgrader": False,
        "nbgrader.server_extensions.course_list": False,
    }
    server.write_text(json.dumps(served))
    return own
