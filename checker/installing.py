"""Makes the environment of `make`: what stands in the way is said in one line, and what is done is shown.

Runs as a program, by any Python from 3.7 on and before anything is installed, so it imports the standard library alone:

    python installing.py FOLDER                 makes a virtual environment there
    python installing.py FOLDER REQUIREMENT     installs into it, as `pip install --editable REQUIREMENT`
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

#: Megabytes that JupyterLab, nbgrader and what the tests need take, with pip's own copies on the way.
ROOM = 1_500
#: What pip says of the troubles that people have, and what is said to them. The first that fits counts: where a package
#: supports no such Python, pip says that it has found no version as well.
TROUBLES = (
    (r"No space left on device", "the disk is full"),
    (r"Read-only file system|Permission denied", "{folder} cannot be written"),
    (r"requires a different Python|Requires-Python", "a package does not support Python {python}; try another Python"),
    (
        r"NewConnectionError|NameResolutionError|name resolution|Network is unreachable|Max retries|ConnectTimeout"
        r"|ProxyError|Connection(?:Reset|Refused)?Error|Read timed out|There was a problem confirming the ssl"
        r"|from versions: none",
        "the package index cannot be reached: is this machine online?",
    ),
    (r"generating package metadata|building wheel|subprocess-exited-with-error", "a package cannot be built here"),
)


class NotInstalled(Exception):
    """The text is one line for a person."""


def make(folder: Path) -> None:
    """Make a virtual environment with pip in it; one that was left half made is made anew.

    Raises:
        NotInstalled: this Python cannot, or there is no place for it.
    """
    if sys.version_info < (3, 11):  # noqa: UP036  pip has not yet looked at it
        raise NotInstalled(f"this is Python {_version()}; the course needs 3.11 or later: make PYTHON=/path/to/python3")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        name = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise NotInstalled(
            f"this Python cannot make environments (it has no {error.name}); on Debian and Ubuntu: "
            f"sudo apt install {name}"
        ) from None
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        print("This Python has no GIL: stress() works on it, but explore() and check() will give no verdicts.")
    if folder.exists() and not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
        raise NotInstalled(f"{folder} is there and is no environment; name another: make VENV=…")
    _look_for_room(folder)
    try:
        said = _run([sys.executable, "-m", "venv", "--clear", str(folder)])
        if said:
            raise NotInstalled(_trouble(said, folder))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # half of an environment is none
        raise


def install(folder: Path, requirement: str) -> None:
    """Install the project, editable, with the named extras.

    Raises:
        NotInstalled: pip could not; what it said is in `install.log` in the environment's folder.
    """
    _look_for_room(folder)
    python = str(folder / "bin" / "python")
    said = _run([python, "-m", "pip", "install", "--editable", requirement], log=folder / "install.log")
    if said:
        raise NotInstalled(f"{_trouble(said, folder)} (what pip said: {folder / 'install.log'})")


def _look_for_room(folder: Path) -> None:
    parent = folder.absolute().parent
    if not os.access(parent, os.W_OK):
        raise NotInstalled(f"{parent} cannot be written; copy the project to a folder of yours")
    if not (folder / "install.log").exists():  # else most of it is there already
        free = shutil.disk_usage(parent).free >> 20
        if free < ROOM:
            raise NotInstalled(f"the disk has {free:,} MB left; the course needs {ROOM:,} MB")


def _run(command: list[str], log: Path | None = None) -> str:
    """Run it, showing how far it is on a terminal; return "" or what it said when it failed."""
    lines: list[str] = []
    packages: set[str] = set()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        found = re.match(r"Collecting ([\w.-]+)|Installing collected packages|Requirement already satisfied", line)
        if found is None:
            continue
        if found[1]:
            packages.add(found[1])
            _show(f"{len(packages)} packages found, now {found[1]}")
        elif line.startswith("Installing"):
            _show(f"putting {line.count(',') + 1} packages into place")
    _show("")
    failed = process.wait() != 0
    if log is not None:
        try:
            log.write_text("".join(lines), encoding="utf-8")
        except OSError:
            failed = True
            lines.append("No space left on device")
    return "".join(lines) or "it said nothing" if failed else ""


def _show(text: str) -> None:
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{text:{width}.{width}}\r", end="", file=sys.stderr, flush=True)


def _trouble(said: str, folder: Path) -> str:
    """One line for what pip, or venv, said at length."""
    final = "\n".join(line for line in said.splitlines() if not line.lstrip().startswith("WARNING"))
    for text in (final, said):  # what pip warned of may have gone well at the next attempt
        for words, meaning in TROUBLES:
            if re.search(words, text):
                return meaning.format(folder=folder.absolute().parent, python=_version())
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return ([line for line in lines if "rror" in line] or lines)[-1][:200]


def _version() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def main(arguments: list[str]) -> int:
    """Run one command; return its exit status."""
    if len(arguments) not in (1, 2):
        print("usage: python installing.py FOLDER [REQUIREMENT]", file=sys.stderr)
        return 2
    try:
        folder = Path(arguments[0])
        if len(arguments) == 1:
            make(folder)
        else:
            install(folder, arguments[1])
    except NotInstalled as error:
        print(f"Installing failed: {error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Installing was interrupted; the next `make` goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
