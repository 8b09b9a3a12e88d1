"""What a person does in JupyterLab, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from server import PICTURES


class Lab:
    """JupyterLab in one browser page.

    Args:
        page: Playwright's page.
        address: of JupyterLab, with its token.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        self.address = address
        self.trouble: list[str] = []  # what the page's own scripts raised
        page.on("pageerror", lambda error: self.trouble.append(str(error)))

    def open(self, path: str = "") -> None:
        """Open a notebook by its path in the course folder; without one, whatever JupyterLab opens by itself."""
        parts = urlsplit(self.address)
        tree = f"/lab/tree/{quote(path)}?reset&{parts.query}" if path else f"/?{parts.query}"
        self.page.goto(f"{parts.scheme}://{parts.netloc}{tree}")
        self.started()

    def started(self, seconds: float = 240) -> None:
        """Wait until a notebook is shown and its kernel has started."""
        self.page.locator(".jp-Notebook:visible .jp-Cell").first.wait_for(timeout=seconds * 1000)
        self.idle()

    def idle(self, seconds: float = 240) -> None:
        """Wait until the kernel has started and nothing runs or waits to be run."""
        self.page.wait_for_function(
            """() => {
              const shown = [...document.querySelectorAll('.jp-NotebookPanel')].find(e => e.offsetParent);
              const kernel = shown?.querySelector('.jp-Notebook-ExecutionIndicator');
              const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
              const connection = session?.session?.kernel?.connectionStatus;
              if (session && !(session.isReady && connection === 'connected')) return false;
              const busy = [...(shown?.querySelectorAll('.jp-InputPrompt') ?? [])]
                .some(e => e.textContent.includes('*'));
              return kernel?.dataset.status === 'idle' && !busy;
            }""",
            timeout=seconds * 1000,
        )  # fmt: skip

    def menu(self, *labels: str) -> None:
        """Choose an entry of the menu bar."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=labels[0]).first.click()
        for label in labels[1:]:
            self.page.locator(".lm-Menu-itemLabel", has_text=label).first.click()

    def run_all(self, seconds: float = 400) -> None:
        """Run all cells and wait for their end, or for an error in one of them."""
        self.menu("Run", "Run All Cells")
        while not self._begun(5) and not self._waiting():
            self.menu("Run", "Run All Cells")  # JupyterLab drops what it is told before its kernel has settled
        self.page.wait_for_function(
            """() => {
              const cells = window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
                .filter(cell => cell.cell_type === 'code' && cell.source.length);
              return cells.every(cell => cell.execution_count)
                || cells.some(cell => cell.outputs.some(output => output.output_type === 'error'));
            }""",
            timeout=seconds * 1000,
        )  # fmt: skip
        self.idle(seconds)

    def _begun(self, seconds: float) -> bool:
        """Whether a cell has run, by the end of so many seconds."""
        from playwright.sync_api import TimeoutError as TooLate

        ran = "window.jupyterapp.shell.currentWidget.content.model.toJSON().cells.some(cell => cell.execution_count)"
        try:
            self.page.wait_for_function(ran, timeout=seconds * 1000)
        except TooLate:
            return False
        return True

    def _waiting(self) -> bool:
        return self.page.locator(".jp-Notebook:visible .jp-InputPrompt", has_text="*").count() > 0

    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells with their outputs, from its model: what is scrolled away is there as well."""
        return self.page.evaluate(
            """() => {
              return window.jupyterapp.shell.currentWidget.content.model.toJSON().cells;
            }"""
        )

    def cell(self, containing: str) -> Any:
        """The visible cell whose input holds this text."""
        found = self.page.locator(".jp-Notebook:visible .jp-CodeCell").filter(
            has=self.page.locator(".jp-InputArea", has_text=containing)
        )
        return found.first

    def write(self, cell: Any, text: str) -> None:
        """Replace a cell's input."""
        cell.scroll_into_view_if_needed()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def run(self, cell: Any, seconds: float = 240) -> None:
        """Run one cell and wait for its end."""
        cell.scroll_into_view_if_needed()
        before = cell.locator(".jp-InputPrompt").inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([prompt, before]) => !['', '[*]:', before].includes(prompt.innerText.trim())",
            arg=[cell.locator(".jp-InputPrompt").element_handle(), before.strip()],
            timeout=seconds * 1000,
        )
        self.idle(seconds)

    def save(self) -> None:
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")

    def theme(self, name: str) -> None:
        """Switch to "JupyterLab Light" or "JupyterLab Dark"."""
        self.page.evaluate(
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})",
            name,
        )
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)

    def picture(self, name: str, of: Any = None) -> Path:
        """Keep a picture, of one part of the page or of what is in view."""
        PICTURES.mkdir(exist_ok=True)
        path = PICTURES / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path
