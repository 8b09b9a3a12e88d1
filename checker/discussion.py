"""The discussion of an exercise's typical wrong answers, opened to those who have passed its checks.

`check` reports what has passed here; the discussion lies beside the notebook in `discussion/<exercise>.md`
and says in its front matter which scenarios must have passed before it is shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_OPEN, _CLOSE = "<!-- opens after ", " -->\n\n"
_passed: set[str] = set()


def passed(scenario: str) -> None:
    """Note that the check of the scenario of this name has passed in this kernel."""
    _passed.add(scenario)


def failed(scenario: str) -> None:
    """Note that it has failed: its last run counts, also where two exercises share a scenario's name."""
    _passed.discard(scenario)


def front_matter(scenarios: Mapping[str, list[str]]) -> str:
    """The line that `discuss` reads: for each visible check the scenarios that must have passed."""
    return f"{_OPEN}{json.dumps(scenarios)}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class Discussion:
    """What `discuss` shows as the value of its cell: Markdown in a notebook, the same text elsewhere."""

    text: str

    def _repr_markdown_(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text


def discuss(exercise: str) -> Discussion:
    """Show the discussion of an exercise once all its visible checks have passed in this kernel.

    Args:
        exercise: The exercise's id, "counter".

    Returns:
        The discussion, or one line that says what is still missing.
    """
    try:
        head, _, text = Path("discussion", f"{exercise}.md").read_text(encoding="utf-8").partition(_CLOSE)
        needed: dict[str, list[str]] = json.loads(head.removeprefix(_OPEN))
    except FileNotFoundError:
        return Discussion(f"There is no discussion of `{exercise}` beside this notebook.")
    missing = [name for name, scenarios in needed.items() if not _passed.issuperset(scenarios)]
    if missing:
        return Discussion(f"The discussion opens when these checks have passed here: {', '.join(missing)}.")
    return Discussion(text)
