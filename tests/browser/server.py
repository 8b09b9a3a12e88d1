"""A real JupyterLab on a course folder of its own, and a real browser in front of it."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from checker.course import Course, find, prepare

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PICTURES = find().root / "screenshots"


def free_port(count: int = 1) -> int:
    """A port on loopback that nobody listens on; with `count`, the first of so many in a row."""
    while True:
        with ExitStack() as probes:
            first = 0
            try:
                for offset in range(count):
                    probe = probes.enter_context(socket.socket())
                    probe.bind(("127.0.0.1", first + offset if first else 0))
                    first = first or int(probe.getsockname()[1])
            except (OSError, OverflowError):  # a neighbour is taken, or beyond the last port
                continue
            return first


def course_in(folder: Path, assignments: list[str]) -> Course:
    """A copy of the course, with its lessons, prepared as `make lab` does it."""
    source = find()
    source.copy_to(folder, assignments)
    for page in source.lessons.glob("*.ipynb"):
        (folder / "notebooks").mkdir(exist_ok=True)
        shutil.copy(page, folder / "notebooks")
    course = Course(folder)
    prepare(course, say=lambda _: None)
    return course


@contextmanager
def running(command: list[str], folder: Path, environment: dict[str, str], url: str) -> Iterator[None]:
    """Run a server until the block is left; wait until its address answers.

    Raises:
        TimeoutError: it does not answer within four minutes; the text holds the end of its log.
    """
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_for(url, server, log)
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError as error:  # nobody listens yet, or a proxy says that nobody is behind it
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            time.sleep(0.2)
    raise TimeoutError(f"{url} does not answer\n{log.read_text()[-3000:]}")


@contextmanager
def lab(course: Course) -> Iterator[str]:
    """`checker lab` on the course; gives the address with its token."""
    port, token = free_port(), secrets.token_hex(16)
    command = [
        sys.executable, "-m", "checker", "lab", "--port", str(port), "--",
        "--no-browser", f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    environment = {**os.environ, "CHECKER_COURSE": str(course.root)}
    with running(command, course.root, environment, f"http://127.0.0.1:{port}/api"):
        yield f"http://127.0.0.1:{port}/lab?token={token}"
