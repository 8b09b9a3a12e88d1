"""nbgrader's own pages inside JupyterLab, used through their buttons."""

from __future__ import annotations

from typing import Any

from notebooks import Lab


class Assignments:
    """The Assignment List."""

    def __init__(self, lab: Lab) -> None:
        self.page = lab.page
        lab.menu("Nbgrader", "Assignment List")
        self.list("released").locator(".list_loading").wait_for(state="hidden")

    def list(self, kind: str) -> Any:
        """The list of "released", "fetched" or "submitted" assignments."""
        return self.page.locator(f"#{kind}_assignments_list:visible")

    def fetch(self, name: str) -> None:
        row = self.list("released").locator(".list_item", has_text=name)
        row.get_by_role("button", name="Fetch").click()
        self.list("fetched").locator(".list_item", has_text=name).first.wait_for()

    def submit(self, name: str) -> None:
        row = self.list("fetched").locator(".list_item", has_text=name).first
        row.get_by_role("button", name="Submit").click()
        self.list("submitted").locator(".list_item", has_text=name).first.wait_for()

    def feedback(self, name: str) -> None:
        """Fetch the feedback, and wait until it can be viewed."""
        row = self.list("submitted").locator(".list_item", has_text=name).first
        row.get_by_role("button", name="Fetch Feedback").first.click()
        self.page.locator("#submitted_assignments_list:visible", has_text="view feedback").wait_for()


class Formgrader:
    """The instructor's table of assignments."""

    def __init__(self, lab: Lab) -> None:
        self.page = lab.page
        lab.menu("Nbgrader", "Formgrader")
        self.frame = lab.page.frame_locator("iframe:visible").first
        self.frame.locator("#main-table tr").first.wait_for()

    def row(self, text: str) -> Any:
        return self.frame.locator("#main-table tr", has_text=text).first

    def press(self, text: str, column: str) -> str:
        """Press the button in a row's column, wait for the end, and return what the dialog says."""
        self.row(text).locator(f".{column} a").click()
        dialog = self.frame.locator(".modal.in")
        dialog.get_by_role("button", name="OK").wait_for(timeout=400_000)
        said = str(dialog.inner_text())
        dialog.get_by_role("button", name="OK").click()
        dialog.wait_for(state="detached")
        return said

    def submissions(self, assignment: str) -> None:
        """Go to the table of submissions of an assignment."""
        self.row(assignment).locator(".num-submissions a").click()
        self.frame.locator("#main-table .autograde a").first.wait_for()
