"""What a machine may lack. Tests that need it are left out there, and the closing lines say so, and how to have it.

    @needs("chromium")
    def test_…

`pytest --insist` leaves nothing out: what is lacking is an error. Run as a program, this file installs what can be
installed without asking: `python tests/needs.py browser`.
"""

from __future__ import annotations

import functools
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

#: Browsers that Playwright's Chromium driver can drive, by the names of their commands.
_COMMANDS = (
    "chromium chromium-browser google-chrome google-chrome-stable chrome microsoft-edge microsoft-edge-stable msedge"
).split()
_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
#: Seconds that each way to install a browser may take.
_PATIENCE = 400


@functools.cache
def browser() -> Path | None:
    """A browser that starts on this machine and can be driven; None if there is none."""
    if not _starts([sys.executable, "-m", "playwright", "--version"]):  # its driver wants libraries of the system, too
        return None
    places: list[Callable[[], str | None]] = [functools.partial(shutil.which, name) for name in _COMMANDS]
    places += [functools.partial(str, path) for path in _APPLICATIONS]
    for place in [*places, _of_playwright]:  # which takes a second to say where its own would be
        path = place()
        if path and os.access(path, os.X_OK) and _starts([path, "--version"]):
            return Path(path)
    return None


def _of_playwright() -> str | None:
    """Where Playwright puts a Chromium of its own, whether it has done so or not."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _bubblewrap() -> bool:
    from checker.grading import sandbox

    return sandbox.bubblewrap_works()


def _landlock() -> bool:
    from checker.grading import landlock

    return sys.platform == "linux" and landlock.version() > 0


def _seccomp() -> bool:
    from checker.grading import seccomp

    return sys.platform == "linux" and seccomp.available()


class Need(NamedTuple):
    """Something that tests need."""

    present: Callable[[], bool]
    advice: str  # how to have it


NEEDS = {
    "chromium": Need(
        lambda: browser() is not None,
        "install Chromium, Chrome or Edge, or run: .venv/bin/python -m playwright install --with-deps chromium; on "
        "Debian and Ubuntu: sudo apt install chromium libatomic1",
    ),
    "bubblewrap": Need(_bubblewrap, "apt install bubblewrap; it wants user namespaces"),
    "linux": Need(lambda: sys.platform == "linux", "run the tests on Linux"),
    "landlock": Need(_landlock, "Linux 5.13 or later with Landlock"),
    "seccomp": Need(_seccomp, f"Linux on x86_64 or aarch64, not {platform.machine()}"),
    "distributed": Need(lambda: find_spec("distributed") is not None, "pip install 'checker[dask]'"),
    "jupyterhub": Need(lambda: find_spec("jupyterhub") is not None, "pip install 'checker[hub]'"),
}


def needs(name: str) -> pytest.MarkDecorator:
    """Mark tests that are left out where the machine lacks this."""
    if name not in NEEDS:
        raise ValueError(f"{name}: one of {', '.join(NEEDS)}")
    return pytest.mark.needs(name)


# -- leaving out: hooks of pytest, called from conftest ----------------------------------------------------------------


class LeavingOut:
    """A plugin of pytest: takes what cannot run out of the collection, and says so at the end."""

    def __init__(self, insist: bool) -> None:
        self._insist = insist
        self._left: dict[str, list[pytest.Item]] = {}

    @pytest.hookimpl(trylast=True)  # when what is deselected anyway has gone
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        kept = []
        for item in items:
            lacking = [mark.args[0] for mark in item.iter_markers("needs") if not _present(mark.args[0])]
            if lacking:
                self._left.setdefault(lacking[0], []).append(item)
            else:
                kept.append(item)
        if self._left and self._insist:
            lacking = "; ".join(f"{name} ({NEEDS[name].advice})" for name in self._left)
            raise pytest.UsageError(f"this machine lacks {lacking}")
        items[:] = kept

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name, items in self._left.items():
            tests = "1 test that needs" if len(items) == 1 else f"{len(items)} tests that need"
            terminalreporter.write_line(f"Left out: {tests} {name} ({NEEDS[name].advice}).")
            # this makes them a part of the closing line
            terminalreporter.stats[f"left out (no {name})"] = [_LeftOut()] * len(items)


class _LeftOut:
    """What the closing line counts."""

    count_towards_summary = True


@functools.cache
def _present(name: str) -> bool:
    return NEEDS[name].present()


# -- installing a browser ------------------------------------------------------------------------------------------


def install_browser() -> None:
    """See that there is a browser: Playwright's own, or the system's package where this is the superuser."""
    if browser() is not None:
        return
    print("Installing a browser for the browser tests (one or two minutes).", flush=True)
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        fonts = ["fonts-dejavu-core", "fonts-liberation", "fonts-noto-color-emoji"]
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "libatomic1", *fonts]
        ways += [["apt-get", "update", "-qq"], install]
    for command in ways:
        try:
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(command, env=environment, capture_output=True, timeout=_PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired):
            pass
        browser.cache_clear()
        if browser() is not None:
            return
    print(f"No browser could be installed; its tests are left out ({NEEDS['chromium'].advice}).")


if __name__ == "__main__":
    if sys.argv[1:] != ["browser"]:
        sys.exit("usage: python tests/needs.py browser")
    install_browser()
