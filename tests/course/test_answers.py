"""Every answer kept beside an exercise gets the verdict on its label, through `checker check` as graders use it.

A right answer passes all checks. A wrong one says in its first line which checks it fails, and how:
`# fails: counter-1 finished, counter-4 deadlock`; it passes all others. `# fails: all` is for an answer whose own
cell raises.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

import pytest

from checker.cli import main

COURSE = Path(__file__).parents[2] / "course"
ANSWERS = sorted(COURSE.glob("*/answers/*/*.py"))


def expected_failures(text: str) -> dict[str, str] | None:
    """Check id -> outcome, or "" where the label does not name one; None if all checks fail."""
    first = text.splitlines()[0]
    label = first.removeprefix("# fails: ")
    assert label != first, "a wrong answer says in its first line which checks it fails"
    if label == "all":
        return None
    return {name: outcome for name, _, outcome in (part.strip().partition(" ") for part in label.split(","))}


def verdicts(path: Path) -> dict[str, tuple[bool, str]]:
    """Check id -> (passed, outcome), by the command that people type."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(io.StringIO()) as complained:
        status = main(["check", path.parent.name, str(path), "--json"])
    assert status in (0, 1), complained.getvalue()
    report = json.loads(said.getvalue())
    assert status == (0 if report["points"] == report["max_points"] else 1)
    return {check["id"]: (check["passed"], check["outcome"]) for check in report["checks"]}


@pytest.fixture(scope="module")
def judged(request: pytest.FixtureRequest) -> Iterator[dict[Path, Future[dict[str, tuple[bool, str]]]]]:
    """The verdicts on all answers that this run asks about, found on all cores while the tests look at them.

    In a few processes that start once: starting one for each answer would take a third of the time.
    """
    wanted = [item.callspec.params["path"] for item in request.session.items if item.fspath == request.path]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        yield {path: pool.submit(verdicts, path) for path in wanted}
        pool.shutdown(wait=False, cancel_futures=True)


@pytest.mark.slow
@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_answer_gets_the_verdict_on_its_label(
    path: Path, judged: dict[Path, Future[dict[str, tuple[bool, str]]]]
) -> None:
    found = judged[path].result()
    failed = {name: outcome for name, (passed, outcome) in found.items() if not passed}
    if path.stem.startswith("right_"):
        assert failed == {}
        return
    expected = expected_failures(path.read_text(encoding="utf-8"))
    if expected is None:
        assert failed.keys() == found.keys()
        return
    assert failed.keys() == expected.keys()
    assert {name: failed[name] for name, outcome in expected.items() if outcome} == {
        name: outcome for name, outcome in expected.items() if outcome
    }
