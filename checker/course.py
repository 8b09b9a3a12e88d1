"""Where the things of the course are, and how a folder is made ready for learners and instructors.

A course is a folder that holds `nbgrader_config.py`; what it writes while it runs stays in the folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

#: Names the course folder when the package is not installed from it (`pip install -e .` needs no help).
FOLDER_VARIABLE = "CHECKER_COURSE"
#: What `Course.copy_to` takes along beside the assignments.
_SHARED = ("nbgrader_config.py", "solutions/header.ipynb")

_LEARNER_CONFIG = '''\
"""Read by nbgrader's Assignment List, which looks only here: everything is as the course has it."""
from pathlib import Path

load_subconfig("nbgrader_config.py", path=str(Path(__file__).resolve().parent / {course!r}))
'''


class CourseError(Exception):
    """The course folder is not as it should be; the text is one line for a person."""


@dataclass(frozen=True, slots=True)
class Course:
    """The folders and files of one course."""

    root: Path

    @property
    def sources(self) -> Path:
        """What an author edits: one folder of py:percent text for each topic."""
        return self.root / "course"

    @property
    def lessons(self) -> Path:
        return self.root / "notebooks"

    @property
    def solutions(self) -> Path:
        """nbgrader's source folder."""
        return self.root / "solutions"

    @property
    def exercises(self) -> Path:
        """nbgrader's release folder: what learners get."""
        return self.root / "exercises"

    @property
    def state(self) -> Path:
        """Everything that running the course writes, but for the learners' own notebooks."""
        return self.root / ".state"

    @property
    def exchange(self) -> Path:
        return Path(os.environ.get("CHECKER_EXCHANGE") or self.state / "exchange")

    @property
    def gradebook(self) -> str:
        """The gradebook's address as SQLAlchemy wants it."""
        return os.environ.get("CHECKER_GRADEBOOK") or f"sqlite:///{self.state / 'gradebook.db'}"

    @property
    def work(self) -> Path:
        """Where the learner's fetched assignments lie. Not hidden: JupyterLab serves no hidden files."""
        return Path(os.environ.get("CHECKER_WORK") or self.root / "my-work")

    def topics(self) -> list[str]:
        """The names of all topics, in the order of the course."""
        return sorted(folder.name for folder in self.sources.iterdir() if folder.name[:2].isdigit())

    def assignments(self) -> list[str]:
        """The names of the assignments, in the order of the course."""
        if not self.solutions.is_dir():
            return []
        notebooks = self.solutions.glob("*/*.ipynb")
        return sorted(path.stem for path in notebooks if path.stem == path.parent.name)

    def notebook(self, assignment: str) -> Path:
        """The instructor's notebook of an assignment."""
        return self.solutions / assignment / f"{assignment}.ipynb"

    def first_page(self) -> Path:
        """What JupyterLab opens with: the start page, or else the first lesson.

        Raises:
            CourseError: there is no lesson at all.
        """
        pages = sorted(self.lessons.glob("*.ipynb"))
        if not pages:
            raise CourseError("there is no notebook in notebooks/; run `make build`")
        return pages[0]

    def environment(self) -> dict[str, str]:
        """The environment in which Jupyter and nbgrader leave the user's home alone.

        PYTHONSAFEPATH keeps a `checker.py` in the current folder from being taken for this package. The
        commands of this Python's environment (nbgrader calls `alembic`) are found though it is not active.
        """
        jupyter = self.state / "jupyter"
        return {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "JUPYTER_CONFIG_DIR": str(jupyter / "config"),
            "JUPYTER_DATA_DIR": str(jupyter / "data"),
            "JUPYTER_RUNTIME_DIR": str(jupyter / "runtime"),
            "IPYTHONDIR": str(self.state / "ipython"),
            "MPLCONFIGDIR": str(self.state / "matplotlib"),
            "PYTHONSAFEPATH": "1",
        }

    def copy_to(self, folder: Path, assignments: Iterable[str] | None = None) -> Course:
        """Copy what grading needs (the configuration and the assignments, by default all) into a folder.

        The copy is a course of its own, with its own exchange and gradebook: for tests and the demo. The text
        comes along for its wrong answers, by which grading tests its workers.
        """
        for name in _SHARED:
            if (self.root / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self.root / name, folder / name)
        for assignment in self.assignments() if assignments is None else assignments:
            for part in ("course", "solutions", "exercises"):
                shutil.copytree(self.root / part / assignment, folder / part / assignment)
        return Course(folder)


def find() -> Course:
    """The course that this package belongs to.

    It is the folder in $CHECKER_COURSE, or else the one from which the package was installed, or else the
    current folder.

    Raises:
        CourseError: none of them is a course.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    places = [Path(named)] if named else [Path(__file__).parent.parent, Path(".")]
    for place in places:
        if (place / "nbgrader_config.py").exists():
            return Course(place.resolve())
    raise CourseError(f"no course in {' or '.join(map(str, places))}; name its folder in ${FOLDER_VARIABLE}")


def prepare(course: Course, say: Callable[[str], None] = print) -> None:
    """Make a clone ready: folders, Jupyter's settings, the gradebook, the first assignment released.

    What is already there stays as it is; a second call takes no time.
    """
    _make_folders(course)
    _write_settings(course)
    stamp = course.state / "prepared.json"
    digests = {name: _digest(course.notebook(name)) for name in course.assignments()}
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    changed = [name for name, digest in digests.items() if known.get(name) != digest]
    if changed:
        from checker.grading import exercises  # nbgrader takes seconds to import

        say(f"entering {len(changed)} assignment(s) into the gradebook (a second or two each)")
        with tempfile.TemporaryDirectory() as aside:  # exercises/ is what `build` made of it
            exercises.generate(course, changed, into=Path(aside), gradebook=course.gradebook)
        for name in changed:
            if name == min(digests) or _released(course, name):
                exercises.release(course, name)
                say(f"released {name}")
        stamp.write_text(json.dumps(digests, indent=1))


def _make_folders(course: Course) -> None:
    for folder in (course.exchange, course.work):
        folder.mkdir(parents=True, exist_ok=True)
    for name in ("jupyter/config", "jupyter/data", "jupyter/runtime", "ipython", "matplotlib"):
        (course.state / name).mkdir(parents=True, exist_ok=True)
    course.exchange.chmod(0o777)  # nbgrader insists: every learner hands in here


def _write_settings(course: Course) -> None:
    config = _LEARNER_CONFIG.format(course=os.path.relpath(course.root, course.work))
    (course.work / "nbgrader_config.py").write_text(config)
    silence(course.state / "jupyter" / "config")


def silence(jupyter: Path) -> None:
    """Settings in a configuration folder of Jupyter that keep it from asking the network about things."""
    # No pop-up that asks about news from the network in front of the first page.
    silenced = {"@jupyterlab/apputils-extension:announcements": True}
    (jupyter / "labconfig").mkdir(parents=True, exist_ok=True)
    (jupyter / "labconfig" / "page_config.json").write_text(json.dumps({"disabledExtensions": silenced}))
    # The language servers are not used here, and looking for them runs npm, which writes to the home folder.
    server = {"ServerApp": {"jpserver_extensions": {"jupyter_lsp": False}}}
    (jupyter / "jupyter_server_config.json").write_text(json.dumps(server))


def _released(course: Course, assignment: str) -> bool:
    return any(course.exchange.glob(f"*/outbound/{assignment}"))


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
