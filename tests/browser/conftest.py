"""One JupyterLab and one browser for all browser tests; each test gets a page of its own."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from needs import browser, needs  # noqa: E402
from server import FLAGS, PICTURES, course_in, lab  # noqa: E402

from checker.course import Course  # noqa: E402
from notebooks import Lab  # noqa: E402

ASSIGNMENT = "02-races"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(needs("chromium"))
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(900))  # a page or a kernel may take minutes on a busy machine


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(browser()), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return course_in(tmp_path_factory.mktemp("course"), [ASSIGNMENT])


@pytest.fixture(scope="session")
def address(course: Course) -> Iterator[str]:
    with lab(course) as url:
        yield url


@pytest.fixture
def page(chromium: object, address: str, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """JupyterLab in a new, empty profile; a picture of its end is kept in screenshots/."""
    context = chromium.new_context(viewport={"width": 1360, "height": 1000})
    context.set_default_timeout(90_000)
    opened = Lab(context.new_page(), address)
    yield opened
    PICTURES.mkdir(exist_ok=True)
    opened.page.screenshot(path=PICTURES / f"{re.sub(r'[^a-z0-9]+', '-', request.node.name.lower())}.png")
    context.close()
