"""A learner solves an exercise and hands it in; an instructor grades it: each through the buttons."""

from __future__ import annotations

from typing import Any

from nbgraderpages import Assignments, Formgrader

from checker.building import read
from checker.course import Course, find
from notebooks import Lab

ASSIGNMENT = "02-races"
SOURCE = find().sources / ASSIGNMENT
NOTEBOOK = f"my-work/{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
ANSWERS = SOURCE / "answers" / "counter"
POINTS = sum(
    cell.points for cell in read(SOURCE / "assignment.py") if cell.mark == "check" and cell.name.startswith("counter-")
)

# A billion short schedules that all hold: no machine is fast enough to end by itself before the interruption.
ENDLESS = """
from checker import explore, together
import threading, time

def long_work():
    numbers = [0]
    def work():
        for _ in range(100):
            numbers[0] += 1
    together(work, work)

explore(long_work, schedules=10**9, seconds=1000, patience=1000, search="walk")
"""
CLEAN = """
from threading import Lock, active_count
print(active_count() <= threads_before, Lock is lock_before)
explore(lambda: together(lambda: 1, lambda: 2)).holds
"""


def test_from_a_wrong_answer_to_the_mark(page: Lab, course: Course) -> None:
    page.open()
    Assignments(page).fetch(ASSIGNMENT)
    assert (course.root / NOTEBOOK).exists()
    _wrong_answer_is_refuted_and_stepped_through(page)
    _right_answer_holds(page)
    _validate_says_what_is_missing(page)
    Assignments(page).submit(ASSIGNMENT)
    page.picture("submitted")
    _instructor_grades_and_gives_feedback(page)
    _learner_reads_feedback(page)
    page.open("notebooks/00-start.ipynb")
    page.run_all()
    row = page.page.locator(".ck-verdict tr", has_text="02 Races")
    row.scroll_into_view_if_needed()
    assert "open" in row.inner_text(), "the map shows that the exercises were fetched"
    page.picture("map-with-progress")
    assert page.trouble == []
    _feedback_page_shows_verdicts_and_no_hidden_check(page, course)


def _wrong_answer_is_refuted_and_stepped_through(page: Lab) -> None:
    page.open(NOTEBOOK)
    page.run(page.cell("from checker import check"))
    answer = page.cell("class Counter")
    page.write(answer, (ANSWERS / "wrong_no_lock.py").read_text())
    page.run(answer)
    checking = page.cell("def no_increment_is_lost")
    page.run(checking)
    verdict = checking.locator(".ck-verdict")
    assert "no_increment_is_lost can give 1; expected 2" in verdict.inner_text()
    assert "wrote 1" in checking.locator("img").get_attribute("alt")
    page.picture("verdict-fails")

    checking.get_by_role("button", name="Step through it").click()
    game = checking.locator(".cs-game")
    game.locator(".cs-lane").first.wait_for()
    _press("1", game)  # T1 reads
    game.locator(".cs-lane", has_text="→ writes _value").wait_for()
    _press("2", game)  # T2 reads the same
    game.locator(".cs-history", has_text="T2").wait_for()
    _press("u", game)
    _press("2", game)
    for key in "1212":
        if not game.locator(".cs-end").count():
            _press(key, game)
    game.locator(".cs-reached").wait_for()
    assert "no_increment_is_lost gave 1; expected 2" in game.inner_text()
    assert game.locator("[aria-live]").inner_text().startswith("Goal reached")
    game.scroll_into_view_if_needed()
    page.picture("game-won")
    page.theme("JupyterLab Dark")
    game.scroll_into_view_if_needed()
    page.picture("game-won-dark")
    page.theme("JupyterLab Light")
    page.page.keyboard.press("s")
    game.locator(".cs-reached").wait_for(state="hidden")
    game.locator(".cs-reached").wait_for()


def _press(key: str, game: Any) -> None:
    """Press a key in the game and wait until it shows something new."""
    before = game.inner_html()
    game.page.keyboard.press(key)
    game.page.wait_for_function("([game, before]) => game.innerHTML !== before", arg=[game.element_handle(), before])


def _right_answer_holds(page: Lab) -> None:
    answer = page.cell("class Counter")
    page.write(answer, (ANSWERS / "right_with_lock.py").read_text())
    page.run(answer)
    checking = page.cell("def no_increment_is_lost")
    page.run(checking)
    assert "no_increment_is_lost gave 2 in every schedule" in checking.locator(".ck-verdict").inner_text()
    assert checking.locator(".cs-game").count() == 0
    page.picture("verdict-holds")
    page.save()


def _validate_says_what_is_missing(page: Lab) -> None:
    page.page.get_by_role("button", name="Validate").first.click()
    dialog = page.page.locator(".jp-Dialog")
    dialog.wait_for(timeout=400_000)
    said = dialog.inner_text()
    assert "the_examples_hold failed with NotImplementedError" in said
    assert "no_increment_is_lost" not in said
    page.picture("validate")
    dialog.get_by_role("button", name="Ok").click()


def _instructor_grades_and_gives_feedback(page: Lab) -> None:
    formgrader = Formgrader(page)
    assert "Successfully collected" in formgrader.press(ASSIGNMENT, "collect")
    formgrader.submissions(ASSIGNMENT)
    assert "Successfully autograded" in formgrader.press("", "autograde")
    assert f"{POINTS} / 24" in formgrader.row("").locator(".score").inner_text()
    page.picture("formgrader")
    assert "Successfully" in formgrader.press("", "generate-feedback")
    assert "Successfully" in formgrader.press("", "release-feedback")


def _learner_reads_feedback(page: Lab) -> None:
    Assignments(page).feedback(ASSIGNMENT)
    page.picture("feedback-fetched")


def _feedback_page_shows_verdicts_and_no_hidden_check(page: Lab, course: Course) -> None:
    [feedback] = course.root.glob(f"feedback/*/{ASSIGNMENT}/{ASSIGNMENT}.html")
    page.page.goto(feedback.as_uri())
    text = page.page.locator("body").inner_text()
    assert f"{POINTS}" in text and "gave 2 in every schedule" in text
    hidden = [cell for cell in read(SOURCE / "assignment.py") if cell.hidden]
    assert hidden and all(cell.source not in feedback.read_text() for cell in hidden)
    page.page.screenshot(path=page.picture("feedback"), full_page=False)


def test_interrupting_the_kernel_stops_a_check_at_once_and_leaves_it_clean(page: Lab) -> None:
    page.open("notebooks/00-start.ipynb")
    cell = page.page.locator(".jp-Notebook:visible .jp-CodeCell").first
    page.write(cell, "import threading; threads_before = threading.active_count() + 1; lock_before = threading.Lock")
    page.run(cell)
    page.write(cell, ENDLESS)
    page.page.keyboard.press("Control+Enter")
    cell.get_by_text("exploring:").first.wait_for()
    page.menu("Kernel", "Interrupt Kernel")
    page.idle(200)  # the check would take a thousand seconds
    assert "KeyboardInterrupt" in cell.locator(".jp-OutputArea").inner_text()
    page.write(cell, CLEAN)
    page.run(cell)
    output = cell.locator(".jp-OutputArea").inner_text()
    assert "True True" in output and output.strip().endswith("True")
