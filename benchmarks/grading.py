"""Grading a class: plain `nbgrader autograde` and `checker grade`, side by side on the same submissions."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import report

from checker.course import Course, find
from checker.grading import exercises, pool

NAME = "six"
#: The assignment is made of these two: three exercises each.
MADE_OF = ("02-races", "03-acquire")
CLASS = 40
#: nbgrader's own steps, in place of ours.
PLAIN = """
from nbgrader.converters import Autograde
c.Autograde.exporter_class = Autograde.exporter_class.default_value
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one way of grading took."""

    wall: float
    processor: float
    memory: float  # MiB at the peak, all processes together
    scores: dict[str, float]


def measure(options: argparse.Namespace) -> str:
    """The section of RESULTS.md."""
    size = max(4, CLASS // options.every)
    with tempfile.TemporaryDirectory() as folder:
        plain = _graded(Path(folder) / "plain", size, [sys.executable, "-m", "nbgrader", "autograde", NAME], PLAIN)
        ours = _graded(Path(folder) / "ours", size, [sys.executable, "-m", "checker", "grade", NAME])
        parts = _parts(Path(folder) / "parts", min(size, 8))
    rows = [
        (way, *(report.seconds(each / size) for each in (run.wall, run.processor)), f"{run.memory:.0f} MiB")
        for way, run in (("plain nbgrader autograde", plain), ("checker grade", ours))
    ]
    floor = parts["exploring"] / pool.cores()
    differ = sorted(name for name, score in plain.scores.items() if ours.scores.get(name) != score)
    same = "Both gave the same marks." if not differ else f"The marks differ for {', '.join(differ)}."
    return "\n".join(
        [
            "## Grading a class",
            "",
            f"{size} submissions of one assignment with six exercises ({' and '.join(MADE_OF)}), right and wrong "
            "answers of the course in turn. Plain nbgrader runs each notebook in a kernel, without any protection. "
            "The processor's time is that of the whole machine, which should do nothing else.",
            "",
            report.table(("way", "wall per submission", "processor", "peak memory"), rows),
            "",
            f"`checker grade` is {plain.wall / ours.wall:.1f} times as fast ({plain.processor / ours.processor:.1f} "
            f"times by processor time). {same}",
            "",
            "Where `checker grade` spends its time (one process, a submission, seconds of wall):",
            "",
            report.table(("part", "per submission"), [(name, report.seconds(each)) for name, each in parts.items()]),
            "",
            f"The floor: both ways explore. If everything else cost nothing, exploring on {pool.cores()} cores would "
            f"still take {report.seconds(floor)} a submission, so that no more than {plain.wall / size / floor:.1f} "
            "times as fast as plain nbgrader is within reach with these exercises and budgets.",
        ]
    )


def _graded(folder: Path, size: int, command: list[str], config: str = "") -> Run:
    course = _class(folder, size, config)
    environment = course.environment() | {"CHECKER_COURSE": str(folder), "PYTHONWARNINGS": "ignore"}
    busy, began = _busy(), time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    with _watched(process.pid) as peak:
        process.wait()
    return Run(time.monotonic() - began, _busy() - busy, peak[0], _scores(course))


def _busy() -> float:
    """Seconds that the processors of this machine have worked since it was started, whoever they worked for.

    A process's own count would not do: what a killed worker has used is lost together with its sandbox.
    """
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _class(folder: Path, size: int, config: str) -> Course:
    folder.mkdir()
    course = find().copy_to(folder, [])
    notebook, answers = _assignment(find())
    (folder / "nbgrader_config.py").open("a").write(config)
    course.notebook(NAME).parent.mkdir(parents=True)
    course.notebook(NAME).write_text(json.dumps(notebook))
    course.state.mkdir()
    course.work.mkdir()
    exercises.generate(course, [NAME], into=course.exercises, gradebook=course.gradebook)
    release = json.loads((course.exercises / NAME / f"{NAME}.ipynb").read_text())
    for number in range(size):
        for cell in release["cells"]:
            texts = answers.get(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
            if texts:
                cell["source"] = texts[number % len(texts)]
        place = folder / "submitted" / f"student-{number:02}" / NAME
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_text(json.dumps(release))
    return course


def _assignment(course: Course) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The notebook of six exercises, and for each some answers: mostly right ones."""
    notebook: dict[str, Any] = {}
    answers = {}
    for name in MADE_OF:
        part = json.loads(course.notebook(name).read_text())
        notebook = notebook or {**part, "cells": []}
        notebook["cells"] += part["cells"]
        for folder in sorted((course.sources / name / "answers").iterdir()):
            right = [path.read_text() for path in sorted(folder.glob("right_*.py"))]
            wrong = [path.read_text() for path in sorted(folder.glob("wrong_*.py"))]
            answers[folder.name] = [*right, wrong[0], *right, wrong[1]]
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{number}"
    return notebook, answers


def _scores(course: Course) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook, "acquire") as book:
        return {each.student.id: each.score for each in book.find_assignment(NAME).submissions}


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """The most memory that a process and its descendants had at once, in MiB, as the first item of a list."""
    from checker.grading.session import descendants

    peak, over = [0.0], threading.Event()
    page = os.sysconf("SC_PAGE_SIZE") / 2**20

    def resident(each: int) -> float:
        try:
            return int(Path(f"/proc/{each}/statm").read_text().split()[1]) * page
        except (OSError, IndexError):
            return 0.0

    def watch() -> None:
        while not over.wait(0.2):
            peak[0] = max(peak[0], sum(map(resident, [pid, *descendants(pid)])))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def _parts(folder: Path, size: int) -> dict[str, float]:
    """Seconds per submission of the parts of grading, in this process."""
    from checker import pictures
    from checker.grading import grade, judge
    from checker.grading.limits import Limits
    from checker.grading.records import Records
    from checker.grading.session import proven

    course = _class(folder, size, "")
    release = grade.load(course.notebook(NAME), folder / "none")
    grade.parsed(release)
    proven(Limits())
    spent = dict.fromkeys(("starting workers", "running cells", "exploring", "pictures"), 0.0)

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            began = time.monotonic()
            try:
                return work(*arguments, **named)
            finally:
                spent[name] += time.monotonic() - began

        return run

    kept = judge.Session, judge._run, judge._explore, pictures.png
    judge.Session = timed("starting workers", judge.Session)
    judge._run = timed("running cells", judge._run)
    judge._explore = timed("exploring", judge._explore)
    pictures.png = timed("pictures", pictures.png)
    began = time.monotonic()
    try:
        files = sorted((folder / "submitted").glob(f"*/{NAME}/*.ipynb"))
        graded = {path.parent.parent.name: grade.grade_file(release, path.read_bytes(), Limits()) for path in files}
    finally:
        judge.Session, judge._run, judge._explore, pictures.png = kept
    spent["the rest of a job"] = time.monotonic() - began - sum(spent.values())
    began = time.monotonic()
    with Records(exercises.settings(course)) as records:
        for student, done in graded.items():
            records.write(NAME, student, {NAME: done})
    spent["writing marks and notebooks"] = time.monotonic() - began
    return {name: seconds / size for name, seconds in spent.items()}
