"""nbgrader's settings for this course; run every `nbgrader` command from this folder.

Where things lie can be overridden from the environment: CHECKER_EXCHANGE (a folder), CHECKER_GRADEBOOK
(an SQLAlchemy address), CHECKER_WORK (the folder of the learner's copies).
"""

from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

from checker.course import Course

HERE = Path(__file__).resolve().parent
course = Course(HERE)
c = get_config()

c.CourseDirectory.course_id = "acquire"
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.db_url = course.gradebook
# No .py from learners: it could take the place of a module. The Markdown files are the discussions.
c.CourseDirectory.include = ["*.ipynb", "*.md", "timestamp.txt", "submission_secret.txt"]

c.Exchange.root = str(course.exchange)
c.Exchange.cache = str(course.state / "cache")
c.Exchange.assignment_dir = str(course.work)
c.ExchangeSubmit.strict = True  # a renamed notebook would not be graded: refuse it at once

if (HERE / "solutions" / "header.ipynb").exists():
    c.IncludeHeaderFooter.header = str(HERE / "solutions" / "header.ipynb")
c.GenerateAssignment.preprocessors.append("checker.grading.stamp.Stamp")  # last: it signs the result

# The answers are explored in a sandbox and judged outside it; no learner's code runs in a kernel.
c.Autograde.exporter_class = "checker.grading.preprocessor.SubmissionExporter"  # reads any file without raising
c.Autograde.sanitize_preprocessors = [
    "checker.grading.preprocessor.Rebuild",
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "checker.grading.preprocessor.ExploreAnswers",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "checker.grading.preprocessor.MarkForReview",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True  # a deleted check scores 0 instead of staying pending for ever

# Without ClearHiddenTests the feedback would show the hidden checks.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
