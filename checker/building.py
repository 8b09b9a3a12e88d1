"""From the course's text to its notebooks.

    course/NN-topic/lesson.py      ->  notebooks/NN-topic.ipynb
    course/NN-topic/assignment.py  ->  solutions/NN-topic/NN-topic.ipynb  ->  exercises/ (by nbgrader)

The same text gives the same bytes on every machine: no outputs, cell ids from the content, fixed metadata.
A generated notebook carries a digest of its cells, so that one edited by a person is not overwritten.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from checker.course import Course
from checker.discussion import front_matter

#: Metadata of cells in the text that becomes nbgrader's, or says only how the text is laid out.
_MARKS = ("answer", "check", "given", "points", "hidden", "lines_to_next_cell")


class Edited(Exception):
    """A generated notebook was changed by a person; the text names it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the text, and what its marks say."""

    kind: str  # "code" or "markdown"
    source: str
    mark: str = ""  # "answer", "check", "given", or "" for a plain cell
    name: str = ""  # the id that the mark gives, "counter-1"
    points: int = 0
    hidden: bool = False
    metadata: tuple[tuple[str, Any], ...] = ()  # what else stands on the cell's line

    @property
    def exercise(self) -> str:
        """The exercise that an answer or check belongs to: "counter" for "counter-1"."""
        return re.sub(r"-\d+$", "", self.name) if self.mark == "check" else self.name


def read(path: Path) -> list[Cell]:
    """The cells of a py:percent text."""
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    return [_cell(each) for each in notebook.cells]


def _cell(raw: Any) -> Cell:
    given = dict(raw.metadata)
    mark = next((mark for mark in ("answer", "check", "given") if mark in given), "")
    return Cell(
        kind=raw.cell_type,
        source=raw.source,
        mark=mark,
        name=str(given.get(mark, "")) if mark else "",
        points=given.get("points", 0),
        hidden=bool(given.get("hidden", False)),
        metadata=tuple((key, value) for key, value in given.items() if key not in _MARKS),
    )


def notebook(cells: Iterable[Cell], source: str) -> Any:
    """The notebook of some cells, without outputs, signed.

    Args:
        cells: What `read` gave.
        source: The text's path in the project, kept so that a reader knows what to edit instead.
    """
    result = nbformat.v4.new_notebook()
    result.metadata = nbformat.from_dict(
        {
            "checker": {"source": source},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    seen: Counter[str] = Counter()
    for cell in cells:
        make = nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        made = make(_source(cell), metadata=nbformat.from_dict(dict(cell.metadata) | _nbgrader(cell)))
        made["id"] = _identity(cell, seen)
        result.cells.append(made)
    sign(result)
    return result


def _source(cell: Cell) -> str:
    if not cell.hidden:
        return cell.source
    plural = "" if cell.points == 1 else "s"
    return (
        f"# {cell.name} ({cell.points} point{plural}) is hidden: it runs when your answer is graded.\n"
        f"### BEGIN HIDDEN TESTS\n{cell.source}\n### END HIDDEN TESTS"
    )


def _nbgrader(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata of a cell; none for a plain one."""
    if not cell.mark:
        return {}
    marks: dict[str, Any] = {
        "grade": cell.mark == "check",
        "grade_id": cell.name,
        "locked": cell.mark != "answer",
        "schema_version": 3,
        "solution": cell.mark == "answer",
        "task": False,
    }
    if cell.mark == "check":
        marks["points"] = cell.points
    return {"nbgrader": marks}


def _identity(cell: Cell, seen: Counter[str]) -> str:
    """An id that stays as long as the cell does: its grade id, or else a digest of its content."""
    if cell.mark:
        return cell.name
    digest = sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:12]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def sign(notebook: Any) -> None:
    """Record in a notebook's metadata what its cells are now."""
    notebook.metadata.setdefault("checker", nbformat.from_dict({}))["generated"] = _digest(notebook)


def edited(notebook: Any) -> bool:
    """Whether a person changed, added or removed a cell since the notebook was generated.

    Running it, which adds outputs and JupyterLab's own metadata, is no edit.
    """
    return bool(notebook.metadata.get("checker", {}).get("generated") != _digest(notebook))


def _digest(notebook: Any) -> str:
    cells = [[cell.cell_type, cell.source, cell.metadata.get("nbgrader", {})] for cell in notebook.cells]
    return sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def write(notebook: Any, path: Path) -> None:
    """Write a notebook, the same bytes for the same cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8")


def build(course: Course, *, force: bool = False, say: Callable[[str], None] = print) -> list[Path]:
    """Bring all generated notebooks up to date with the text.

    Returns:
        The files that changed.

    Raises:
        Edited: a notebook that would change was edited by a person, and `force` is not given. Nothing was
            written then.
        CourseError: nbgrader could not generate an exercise.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh = generate(course, Path(folder))
        changed = [name for name in fresh if _differs(Path(folder, name), course.root / name)]
        if not force:
            _refuse_edited(course.root / name for name in changed)
        for name in changed:
            (course.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path(folder, name), course.root / name)
            say(f"wrote {name}")
        for path in stray(course, fresh):
            say(f"not generated from any text, remove it: {path.relative_to(course.root)}")
    return [course.root / name for name in changed]


def generate(course: Course, folder: Path) -> list[str]:
    """Generate everything into an empty folder; return the names of the files, relative to it.

    Raises:
        CourseError: nbgrader could not generate an exercise.
    """
    for topic in course.topics():
        _generate_topic(course, topic, folder)
    header = course.sources / "header.py"
    if header.exists():
        write(notebook(read(header), "course/header.py"), folder / "solutions" / "header.ipynb")
    _generate_exercises(course, Course(folder))
    return sorted(
        str(path.relative_to(folder))
        for top in ("notebooks", "solutions", "exercises")
        for path in (folder / top).rglob("*")
        if path.is_file()
    )


def _generate_topic(course: Course, topic: str, folder: Path) -> None:
    source = course.sources / topic
    if (source / "lesson.py").exists():
        lesson = notebook(read(source / "lesson.py"), f"course/{topic}/lesson.py")
        write(lesson, folder / "notebooks" / f"{topic}.ipynb")
    if not (source / "assignment.py").exists():
        return
    cells = read(source / "assignment.py")
    target = folder / "solutions" / topic
    write(notebook(cells, f"course/{topic}/assignment.py"), target / f"{topic}.ipynb")
    for discussion in sorted((source / "discussion").glob("*.md")):
        (target / "discussion").mkdir(exist_ok=True)
        visible = [cell for cell in cells if cell.mark == "check" and not cell.hidden]
        scenarios = {cell.name: list(checked(cell)) for cell in visible if cell.exercise == discussion.stem}
        text = front_matter(scenarios) + discussion.read_text(encoding="utf-8")
        (target / "discussion" / discussion.name).write_text(text, encoding="utf-8")


def _generate_exercises(course: Course, made: Course) -> None:
    if not made.assignments():
        return
    from checker.grading import exercises  # nbgrader takes seconds to import

    shutil.copy(course.root / "nbgrader_config.py", made.root)
    with tempfile.TemporaryDirectory() as aside:
        gradebook = f"sqlite:///{aside}/gradebook.db"
        exercises.generate(made, made.assignments(), into=made.exercises, gradebook=gradebook)


def checked(cell: Cell) -> Iterator[str]:
    """The names of the scenarios that a check cell's calls of `check` name."""
    for match in re.finditer(r"^check\(\s*(\w+)", cell.source, re.MULTILINE):
        yield match[1]


def stray(course: Course, generated: Iterable[str]) -> list[Path]:
    """Notebooks and discussions under the generated folders that no text gives (any more)."""
    known = {course.root / name for name in generated}
    present = [*course.lessons.glob("*.ipynb"), *course.solutions.rglob("*"), *course.exercises.rglob("*")]
    return sorted(
        path for path in present if path.is_file() and path not in known and ".ipynb_checkpoints" not in path.parts
    )


def _differs(fresh: Path, present: Path) -> bool:
    return not present.exists() or fresh.read_bytes() != present.read_bytes()


def _refuse_edited(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.suffix != ".ipynb" or not path.exists():
            continue
        present = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        if edited(present):
            source = present.metadata.get("checker", {}).get("source", "its text in course/")
            raise Edited(
                f"{path.name} in {path.parent.name}/ was edited by hand; move the edit to {source}, "
                "or build with --force to lose it"
            )
