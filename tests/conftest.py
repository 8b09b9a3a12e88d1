"""No setting of the shell that starts the tests reaches them."""

from __future__ import annotations

import os
import signal

#: Of the course (another folder, exchange or gradebook), and of the `make` that may run the tests.
SETTINGS = ("CHECKER_", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")

for name in list(os.environ):
    if name.startswith(SETTINGS):
        del os.environ[name]

# What a shell runs in the background ignores Ctrl-C, and so would every process that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
