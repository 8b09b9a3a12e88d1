"""Generated notebooks: what they hold, that they are reproducible, and that edits are safe."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from checker import building, vetting
from checker.course import Course, CourseError
from checker.course import find as find_course

TINY = Path(__file__).parent / "data" / "tiny"
RIGHT = "def double(number):\n    return number * 2\n"
WRONG = "# fails: double-1 finished\n# Adds two.\ndef double(number):\n    return number + 2\n"


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    """A course of one lesson and one exercise, faultless, not yet built."""
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root)
    shutil.copy(find_course().root / "nbgrader_config.py", root)
    answers = root / "course" / "01-tiny" / "answers" / "double"
    answers.mkdir(parents=True)
    for number in range(vetting.RIGHT_ANSWERS):
        (answers / f"right_{number}.py").write_text(RIGHT)
    for number in range(vetting.WRONG_ANSWERS):
        (answers / f"wrong_{number}.py").write_text(WRONG)
    return Course(root)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves nbgrader's slow step out."""
    monkeypatch.setattr("checker.building._generate_exercises", lambda course, made: None)


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def _quiet(text: str) -> None:
    pass


def test_cells_of_an_assignment_get_nbgraders_metadata() -> None:
    cells = building.read(TINY / "course" / "01-tiny" / "assignment.py")
    made = building.notebook(cells, "course/01-tiny/assignment.py")
    marked = {cell["id"]: cell.metadata.nbgrader for cell in made.cells if "nbgrader" in cell.metadata}
    assert {name: (each.grade, each.solution, each.locked, each.get("points")) for name, each in marked.items()} == {
        "unit": (False, False, True, None),
        "double": (False, True, False, None),
        "double-1": (True, False, True, 2),
        "double-2": (True, False, True, 1),
    }


def test_a_generated_notebook_is_valid_and_has_no_outputs() -> None:
    cells = building.read(TINY / "course" / "01-tiny" / "assignment.py")
    made = building.notebook(cells, "course/01-tiny/assignment.py")
    nbformat.validate(made)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in made.cells)


def test_equal_cells_get_different_ids() -> None:
    made = building.notebook(building.read(TINY / "course" / "01-tiny" / "lesson.py"), "")
    ids = [cell["id"] for cell in made.cells]
    assert len(set(ids)) == len(ids) == 3
    assert ids[2] == f"{ids[1]}-2"


@pytest.mark.usefixtures("quick")
def test_a_second_build_writes_nothing(tiny: Course) -> None:
    assert building.build(tiny, say=_quiet)
    assert building.build(tiny, say=_quiet) == []


@pytest.mark.usefixtures("quick")
def test_an_edited_notebook_is_not_overwritten_without_force(tiny: Course) -> None:
    building.build(tiny, say=_quiet)
    path = tiny.lessons / "01-tiny.ipynb"
    edited = _read(path)
    edited.cells[1].source = "40 + 2"
    nbformat.write(edited, path)
    text = tiny.sources / "01-tiny" / "lesson.py"
    text.write_text(text.read_text() + "\n# %%\n3\n")
    before = path.read_bytes()

    with pytest.raises(building.Edited) as refused:
        building.build(tiny, say=_quiet)
    assert str(refused.value) == (
        "01-tiny.ipynb in notebooks/ was edited by hand; move the edit to course/01-tiny/lesson.py, "
        "or build with --force to lose it"
    )
    assert path.read_bytes() == before
    assert building.build(tiny, force=True, say=_quiet) == [path]


@pytest.mark.usefixtures("quick")
def test_running_a_notebook_is_no_edit(tiny: Course) -> None:
    building.build(tiny, say=_quiet)
    path = tiny.lessons / "01-tiny.ipynb"
    run = _read(path)
    run.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    run.cells[1].metadata["execution"] = {"iopub.status.busy": "now"}
    nbformat.write(run, path)
    assert not building.edited(_read(path))
    assert building.build(tiny, say=_quiet) == [path]


@pytest.mark.usefixtures("quick")
def test_files_that_no_text_gives_are_named(tiny: Course) -> None:
    building.build(tiny, say=_quiet)
    (tiny.lessons / "07-old.ipynb").write_text("{}")
    said: list[str] = []
    building.build(tiny, say=said.append)
    assert said == ["not generated from any text, remove it: notebooks/07-old.ipynb"]


@pytest.mark.slow
def test_the_release_hides_solution_and_hidden_check_and_carries_the_discussion(tiny: Course) -> None:
    building.build(tiny, say=_quiet)
    released = tiny.exercises / "01-tiny" / "01-tiny.ipynb"
    source = {cell["id"]: cell.source for cell in _read(released).cells}
    assert "NotImplementedError" in source["double"] and "2 * number" not in source["double"]
    assert source["double-2"] == "# double-2 (1 point) is hidden: it runs when your answer is graded."
    assert not building.edited(_read(released))
    discussion = (released.parent / "discussion" / "double.md").read_text()
    assert discussion.startswith('<!-- opens after {"double-1": ["it_doubles"]} -->')


@pytest.mark.slow
def test_committed_notebooks_are_what_the_text_gives(tmp_path: Path) -> None:
    """Byte for byte; on failure run `make build` and commit."""
    course = find_course()
    fresh = building.generate(course, tmp_path)
    differing = [
        name
        for name in fresh
        if not (course.root / name).exists() or (course.root / name).read_bytes() != (tmp_path / name).read_bytes()
    ]
    assert differing == []
    assert building.stray(course, fresh) == []


def test_the_tiny_course_has_no_faults(tiny: Course) -> None:
    assert list(vetting.faults(tiny)) == []


def test_the_course_has_no_faults() -> None:
    assert list(vetting.faults(find_course())) == []


def _in_text(old: str, new: str) -> Callable[[Path], None]:
    def change(topic: Path) -> None:
        path = topic / "assignment.py"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    return change


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "solved stub": (
        _in_text("    return 2 * number\n", "    # think\n"),
        "01-tiny, double: nothing stands between BEGIN SOLUTION and END SOLUTION: the stub is already solved",
    ),
    "no hidden check": (_in_text(" hidden=true", ""), "01-tiny, double: it has no hidden check"),
    "no points": (_in_text(" points=2", ""), "01-tiny, double: double-1 has no points"),
    "misnumbered check": (
        _in_text('check="double-2"', 'check="double-3"'),
        "01-tiny, double: its checks are not double-1, double-2, … in this order",
    ),
    "check of nothing": (
        _in_text("# %%\ndiscuss", '# %% check="triple-1" points=1\ncheck(triple, expect=1)\n\n# %%\ndiscuss'),
        "01-tiny: triple-1 is the check of no exercise",
    ),
    "empty hint": (
        _in_text("# What is two times a number?\n", ""),
        "01-tiny, double: it has not 2 hints with something in them",
    ),
    "no discussion": (
        lambda topic: (topic / "discussion" / "double.md").write_text("\n"),
        "01-tiny, double: its discussion is missing or empty",
    ),
    "discussion never opened": (
        _in_text('discuss("double")', "1"),
        '01-tiny: no cell calls discuss("double")',
    ),
    "too few answers": (
        lambda topic: (topic / "answers" / "double" / "right_0.py").unlink(),
        "01-tiny, double: it has 3 right answers, fewer than 4",
    ),
    "unlabelled wrong answer": (
        lambda topic: (topic / "answers" / "double" / "wrong_0.py").write_text(RIGHT),
        "01-tiny, double: wrong_0.py does not begin with `# fails: …` and a comment that says the mistake",
    ),
    "wrong answer that fails nothing known": (
        lambda topic: (topic / "answers" / "double" / "wrong_0.py").write_text(WRONG.replace("-1", "-9")),
        "01-tiny, double: wrong_0.py names a check that does not exist",
    ),
    "stray file": (
        lambda topic: (topic / "notes.txt").write_text("?"),
        "01-tiny: notes.txt has no business there",
    ),
    "id used twice": (
        lambda topic: shutil.copytree(topic, topic.parent / "02-again") and None,
        "double is the id of 2 exercises",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_named(tiny: Course, name: str) -> None:
    spoil, expected = FAULTS[name]
    spoil(tiny.sources / "01-tiny")
    assert list(vetting.faults(tiny)) == [expected]


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHECKER_COURSE", str(tmp_path))
    with pytest.raises(CourseError, match="no course in"):
        find_course()


def test_notebooks_end_with_a_newline(tmp_path: Path) -> None:
    building.write(nbformat.v4.new_notebook(), tmp_path / "empty.ipynb")
    text = (tmp_path / "empty.ipynb").read_text()
    assert text.endswith("}\n") and json.loads(text)["cells"] == []
