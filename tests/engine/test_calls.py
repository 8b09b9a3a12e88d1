"""Where a frame is."""

from __future__ import annotations

import sys
from types import SimpleNamespace

from checker.engine.calls import line_of


def test_a_frame_between_two_lines_is_at_its_functions_first():
    here = sys._getframe()
    assert line_of(here) == here.f_lineno
    assert line_of(SimpleNamespace(f_lineno=None, f_code=here.f_code)) == here.f_code.co_firstlineno
