"""The documented JupyterHub with two learners and an instructor, from release to feedback, through the buttons."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgraderpages import Assignments, Formgrader
from needs import needs
from server import PICTURES, free_port, running

from checker.building import read
from checker.course import find
from notebooks import Lab

pytestmark = needs("jupyterhub")
ASSIGNMENT = "03-acquire"
CONFIG = find().root / "docs" / "hub" / "jupyterhub_config.py"
SOURCE = find().sources / ASSIGNMENT
POINTS = {cell.name: cell.points for cell in read(SOURCE / "assignment.py") if cell.mark == "check"}
ANSWERS = {"ada": "right_three_cases", "ben": "wrong_timeout_as_blocking"}


@dataclass(frozen=True)
class Hub:
    address: str
    folder: Path  # the course

    def home(self, user: str) -> Path:
        return self.folder / ".state" / "hub" / "homes" / user


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    find().copy_to(folder, [ASSIGNMENT])
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "00-start.ipynb").write_bytes((find().lessons / "00-start.ipynb").read_bytes())
    port = free_port(3)  # for the proxy, the Hub, and the proxy's own commands
    environment = {**os.environ, "CHECKER_COURSE": str(folder), "HUB_PORT": str(port), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)]
    with running(command, folder, environment, f"http://127.0.0.1:{port}/hub/health"):
        yield Hub(f"http://127.0.0.1:{port}", folder)


@contextmanager
def signed_in(chromium: object, hub: Hub, user: str) -> Iterator[Lab]:
    """JupyterLab of one user, in a browser profile of its own."""
    context = chromium.new_context(viewport={"width": 1360, "height": 1000})
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(f"{hub.address}/hub/login")
    page.fill("#username_input", user)
    page.fill("#password_input", "any")
    page.click("#login_submit")
    lab = Lab(page, page.url)
    try:
        lab.started(300)
        yield lab
    finally:
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"hub-{user}.png")
        context.close()


def test_from_release_to_feedback(chromium: object, hub: Hub) -> None:
    with signed_in(chromium, hub, "instructor") as lab:
        assert "released" in Formgrader(lab).row(ASSIGNMENT).locator(".status").inner_text()
    for learner, answer in ANSWERS.items():
        with signed_in(chromium, hub, learner) as lab:
            lab.page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader").click()
            assert lab.page.locator(".lm-Menu-itemLabel", has_text="Formgrader").count() == 0
            lab.page.keyboard.press("Escape")
            assignments = Assignments(lab)
            assignments.fetch(ASSIGNMENT)
            _solve(hub.home(learner), answer)
            assignments.submit(ASSIGNMENT)
    with signed_in(chromium, hub, "instructor") as lab:
        formgrader = Formgrader(lab)
        assert "Processing 2 submissions" in formgrader.press(ASSIGNMENT, "collect")
        formgrader.submissions(ASSIGNMENT)
        for learner in ANSWERS:
            assert "Successfully autograded" in formgrader.press(learner, "autograde")
        full = sum(points for name, points in POINTS.items() if name.startswith("try_lock-"))
        assert _score(formgrader, "ada") == full and 0 <= _score(formgrader, "ben") < full
        lab.picture("hub-formgrader")
        for learner in ANSWERS:
            formgrader.press(learner, "generate-feedback")
            formgrader.press(learner, "release-feedback")
    for learner in ANSWERS:
        with signed_in(chromium, hub, learner) as lab:
            Assignments(lab).feedback(ASSIGNMENT)
        fetched = list(hub.home(learner).glob(f"my-work/{ASSIGNMENT}/feedback/*/{ASSIGNMENT}.html"))
        assert len(fetched) == 1, "one's own feedback and nobody else's"


def _solve(home: Path, answer: str) -> None:
    """Put an answer to `try_lock` into the fetched notebook, as typing it would."""
    import nbformat

    path = home / "my-work" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    [cell] = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "try_lock"]
    cell.source = (SOURCE / "answers" / "try_lock" / f"{answer}.py").read_text()
    nbformat.write(notebook, path)


def _score(formgrader: Formgrader, learner: str) -> float:
    return float(formgrader.row(learner).locator(".score").inner_text().split("/")[0])
