"""`nbgrader export --exporter=checker.grading.export.ReviewExporter`: the marks, and which of them are not final."""

from __future__ import annotations

import csv
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

_COLUMNS = ("assignment", "student_id", "timestamp", "max_score", "raw_score", "penalty", "score", "needs_review")


class ReviewExporter(ExportPlugin):
    """One CSV row for each student and assignment.

    Unlike nbgrader's own export it tells a zero that was earned from one that waits for a person ("needs_review" is
    True) and from nothing handed in ("score" is empty).
    """

    def export(self, gradebook: Any) -> None:
        wanted = set(self.assignment)
        with open(self.to or "grades.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, _COLUMNS)
            writer.writeheader()
            for assignment in gradebook.assignments:
                if wanted and assignment.name not in wanted:
                    continue
                for student in gradebook.students:
                    if not self.student or student.id in self.student:
                        writer.writerow(self._row(gradebook, assignment, student.id))

    def _row(self, gradebook: Any, assignment: Any, student: str) -> dict[str, Any]:
        row = {"assignment": assignment.name, "student_id": student, "max_score": assignment.max_score}
        try:
            submission = gradebook.find_submission(assignment.name, student)
        except MissingEntry:
            return row
        penalty = submission.late_submission_penalty or 0.0
        return row | {
            "timestamp": submission.timestamp,
            "raw_score": submission.score,
            "penalty": penalty,
            "score": max(0.0, submission.score - penalty),
            "needs_review": submission.needs_manual_grade,
        }
