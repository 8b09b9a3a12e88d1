"""Explores the programs of the self-check. Run as a program, prints what went wrong, or nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def misjudged() -> str:
    """Which program was misjudged, and how; "" if none was."""
    from checker.search.explorer import explore_scenario

    programs: dict[str, Any] = {"__name__": "__main__"}
    text = Path(__file__).with_name("programs.py").read_text(encoding="utf-8")
    exec(compile(text, "<self-check>", "exec"), programs)
    for program, expected in programs["KNOWN"].items():
        found = explore_scenario(program)
        seen = [row.observation if row.outcome == "finished" else row.outcome for row in found.outcomes.rows]
        if sorted(map(repr, seen)) != sorted(map(repr, expected)):
            return f"the self-check saw {program.__name__} give {seen}, not {expected}"
        if not found.exhaustive and found.holds:
            return f"the self-check could not say all schedules of {program.__name__}: {found.claim}"
    return ""


def _main(paths: list[str]) -> None:
    import types
    import warnings

    warnings.simplefilter("ignore")
    sys.path[:0] = paths
    # The package without its public names, which would import the notebook's face: half of the time would go there.
    package = types.ModuleType("checker")
    package.__path__ = [str(Path(__file__).parents[1])]
    sys.modules["checker"] = package
    print(misjudged())


if __name__ == "__main__":
    _main(sys.argv[1:])
