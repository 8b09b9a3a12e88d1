"""Every lesson, opened and run in a real browser."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from checker.course import find
from notebooks import Lab

LESSONS = sorted(path.name for path in find().lessons.glob("*.ipynb"))
#: Lessons without a figure.
WITHOUT_FIGURES = {"00-start.ipynb"}


def errors(cells: list[dict]) -> list[str]:
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [output["evalue"] for output in outputs if output["output_type"] == "error"]


@pytest.mark.parametrize("lesson", LESSONS)
def test_lesson_runs_from_top_to_bottom_and_shows_its_figures(page: Lab, lesson: str) -> None:
    page.open(f"notebooks/{lesson}")
    page.run_all()
    cells = page.cells()
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code if cell["source"])
    assert errors(cells) == []
    figures = [out for cell in code for out in cell["outputs"] if "image/png" in out.get("data", {})]
    assert figures or lesson in WITHOUT_FIGURES
    for number, image in enumerate(page.page.locator(".jp-RenderedImage:visible img").all()[:4], 1):
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.complete && image.naturalWidth > 100")
        page.picture(f"{lesson.removesuffix('.ipynb')}-figure-{number}")
    assert page.trouble == []


def test_first_page_is_the_start_page(page: Lab) -> None:
    parts = urlsplit(page.address)
    answer = page.page.goto(f"{parts.scheme}://{parts.netloc}/?{parts.query}")
    assert urlsplit(answer.url).path == "/lab/tree/notebooks/00-start.ipynb"
