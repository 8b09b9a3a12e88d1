"""Opens JupyterLab on the course, with its settings and state inside the course folder."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence

from checker.course import Course, CourseError


def run(course: Course, *, port: int | None = None, rest: Sequence[str] = ()) -> int:
    """Run JupyterLab until it is stopped; return its exit status.

    Args:
        course: The prepared course to open.
        port: Listen on this port or fail; by default JupyterLab takes 8888 or the next free one.
        rest: Options passed on to `jupyter lab`.

    Raises:
        CourseError: the port is taken, or JupyterLab is not installed.
    """
    options = list(rest)
    if port is not None:
        if _taken(port):
            raise CourseError(f"port {port} is taken; stop what listens there, or try another: make lab PORT=…")
        options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if os.geteuid() == 0:  # as in most containers; Jupyter refuses root unless told
        options.append("--allow-root")
    page = course.first_page().relative_to(course.root).as_posix()
    # A notebook given as an argument would make its own folder the root.
    options += [f"--ServerApp.root_dir={course.root}", f"--LabApp.default_url=/lab/tree/{page}"]
    print(f"opening JupyterLab on {page}; stop it with Ctrl-C", flush=True)
    os.chdir(course.root)  # nbgrader's extensions read the configuration of the current folder
    command = [sys.executable, "-m", "jupyter", "lab", *options]
    try:
        os.execve(sys.executable, command, course.environment())
    except OSError as error:
        raise CourseError(f"JupyterLab did not start: {error.strerror}") from error


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
