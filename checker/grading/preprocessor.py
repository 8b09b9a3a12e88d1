"""What takes the place of nbgrader's `Execute`: answers are explored in a sandbox and judged outside it.

Three parts, named in `nbgrader_config.py`, for `nbgrader autograde` and formgrader's button alike:

SubmissionExporter  reads any file without raising (not JSON, 50 MiB, …)
Rebuild             first of the sanitizing steps: puts the notebook back into the form of the release
ExploreAnswers      in place of `Execute`: writes the verdicts as outputs of the check cells
MarkForReview       behind `SaveAutoGrades`: marks in the gradebook what a person must look at
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from checker import selfcheck
from checker.grading import grade, sandbox, session, submission
from checker.grading.limits import Limits
from checker.grading.source import SourceError

#: Keys in the notebook's metadata under which one step leaves word for the next.
_RAW, _NOTES = "submitted", "rebuilt"


class GradingError(RuntimeError):
    """Grading refuses: the text says why. No mark is given."""


class SubmissionExporter(NotebookExporter):
    """nbconvert's exporter of notebooks, for files that may be anything."""

    def from_file(self, file_stream: Any, resources: Any = None, **options: Any) -> Any:
        """Read the file; what is no notebook becomes an empty one that says so."""
        if not getattr(self.parent, "_sanitizing", True):  # the second half of autograding: the file is ours
            return super().from_file(file_stream, resources=resources, **options)
        limits = Limits()
        raw, problem = submission.parse(file_stream.buffer.read(limits.notebook + 1), limits)
        notebook = nbformat.v4.new_notebook()
        notebook.metadata[_RAW] = {"cells": raw.get("cells", []), "problem": problem}
        return self.from_notebook_node(notebook, resources=resources, **options)


class _Step(NbGraderPreprocessor):
    """What the steps share: the way to the instructor's notebook."""

    def source(self, resources: Any) -> Any:
        """The instructor's notebook and canaries of the assignment being graded."""
        names = resources["nbgrader"]
        folder = CourseDirectory(parent=self)
        solution = folder.format_path(folder.source_directory, ".", names["assignment"])
        answers = Path(folder.root) / "course" / names["assignment"] / "answers"
        try:
            return grade.parsed(grade.load(Path(solution) / f"{names['notebook']}.ipynb", answers))
        except (OSError, SourceError) as error:
            raise GradingError(f"the instructor's notebook cannot be used: {error}") from error


class Rebuild(_Step):
    """Puts a submission back into the form of the release."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        source, _ = self.source(resources)
        raw = nb.metadata.get(_RAW, {"cells": nb.cells, "problem": ""})  # as it is without our exporter
        rebuilt = submission.rebuild(raw, raw["problem"], source)
        notebook = rebuilt.notebook(source)
        notebook["metadata"][_NOTES] = {"notes": rebuilt.notes, "problem": rebuilt.problem}
        return nbformat.from_dict(notebook), resources


class ExploreAnswers(_Step):
    """Explores the answers and writes the verdicts as outputs of the check cells."""

    unsandboxed = Bool(False, help="Grade people you trust where no sandbox works.").tag(config=True)
    memory = Integer(Limits().memory, help="Bytes of memory of one answer.").tag(config=True)
    cpu = Float(Limits().cpu, help="Seconds of processor time of one check.").tag(config=True)
    output = Integer(Limits().output, help="Characters printed at once above which a note says so.").tag(config=True)
    wall = Float(Limits().wall, help="Seconds of one check.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        source, known = self.source(resources)
        limits = Limits(memory=self.memory, cpu=self.cpu, wall=self.wall, output=self.output)
        try:
            selfcheck.require()
        except selfcheck.PythonRefused as error:
            raise GradingError(f"{error}. Nothing is graded.") from None
        if not self.unsandboxed:
            self._prove(limits)
        left = nb.metadata.get(_NOTES, {})
        rebuilt = submission.Submission(nb.cells, left.get("notes", {}), left.get("problem", ""))
        graded = grade.grade(source, rebuilt, known, limits, sandboxed=not self.unsandboxed)
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in graded.outputs:
                cell.outputs = [nbformat.from_dict(output) for output in graded.outputs[name]]
        nb.metadata.pop(_NOTES, None)
        resources["graded"] = graded
        return nb, resources

    def _prove(self, limits: Limits) -> None:
        """The sandbox's self-test, once per process."""
        try:
            self.log.info("The sandbox holds: %s", session.proven(limits))
        except sandbox.SandboxError as error:
            raise GradingError(
                f"{error}. Nothing is graded. For people you trust: c.ExploreAnswers.unsandboxed = True, which runs "
                "their answers with all that you may do on this machine."
            ) from error


class MarkForReview(NbGraderPreprocessor):
    """Marks in the gradebook what a person must look at, with the reason as a comment."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        names, graded = resources["nbgrader"], resources["graded"]
        with Gradebook(names["db_url"]) as book:
            mark(book, names["notebook"], names["assignment"], names["student"], graded)
            book.db.commit()
        return nb, resources


def mark(book: Any, notebook: str, assignment: str, student: str, graded: grade.Graded) -> None:
    """Write reviews and comments into an open gradebook, without committing."""
    for check in graded.review:
        book.find_grade(check, notebook, assignment, student).needs_manual_grade = True
    for answer, text in graded.comments.items():
        if text:
            book.find_comment(answer, notebook, assignment, student).auto_comment = text
