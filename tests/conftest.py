"""No setting of the shell that starts the tests reaches them; what the machine lacks for some is left out."""

from __future__ import annotations

import os
import signal

import pytest
from needs import LeavingOut

#: Of the course (another folder, exchange or gradebook), and of the `make` that may run the tests.
SETTINGS = ("CHECKER_", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")

for name in list(os.environ):
    if name.startswith(SETTINGS):
        del os.environ[name]

# What a shell runs in the background ignores Ctrl-C, and so would every process that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--insist", action="store_true", help="fail where the machine lacks what some tests need")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(LeavingOut(config.getoption("--insist")))
