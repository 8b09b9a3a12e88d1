"""No setting of the shell that starts the tests reaches them."""

from __future__ import annotations

import os

#: Of the course (another folder, exchange or gradebook), and of the `make` that may run the tests.
SETTINGS = ("CHECKER_", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")

for name in list(os.environ):
    if name.startswith(SETTINGS):
        del os.environ[name]
