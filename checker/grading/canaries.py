"""Answers known to be broken, mixed in at places that a submission cannot guess.

An answer that makes the worker say "holds" for itself makes it say so for a canary too; then nothing that
this worker said is believed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.grading.limits import Limits
from checker.grading.plan import Piece, single
from checker.grading.source import CheckCell, Claim, Source

_FAILS = re.compile(r"# fails: (.+)")


@dataclass(frozen=True, slots=True)
class Canary:
    """A broken answer and a check that must refute it."""

    exercise: str  # "" fits any
    pieces: tuple[Piece, ...]
    check: CheckCell


#: For exercises without known wrong answers: two increments without a lock.
_BUILT_IN = """
from checker import together

class Canary:
    def __init__(self):
        self.sung = 0

    def sing(self):
        self.sung += 1
"""
_SONG = """
def both_songs_are_heard():
    canary = Canary()
    together(canary.sing, canary.sing)
    return canary.sung
"""


def built_in() -> Canary:
    """The canary that fits every exercise."""
    claim = Claim("both_songs_are_heard", "both_songs_are_heard", 2, {})
    return Canary("", (Piece("canary", _BUILT_IN),), CheckCell("canary", "", 0, False, 0, _SONG, (claim,)))


def wrong_answers(folder: Path, exercises: Iterable[str]) -> dict[str, list[str]]:
    """The texts of `folder/<exercise>/wrong_*.py`, by exercise."""
    return {
        exercise: [path.read_text(encoding="utf-8") for path in sorted((folder / exercise).glob("wrong_*.py"))]
        for exercise in exercises
    }


def make(source: Source, wrong: Mapping[str, Sequence[str]]) -> list[Canary]:
    """A canary for each wrong answer and each check that its first line names.

    The line reads `# fails: counter-2 raised, counter-3`. An answer that fails by being loaded is left out.
    """
    checks = {check.id: check for check in source.checks}
    found = []
    for exercise, texts in wrong.items():
        for text in texts:
            named = _FAILS.match(text)
            for entry in named[1].split(",") if named else ():
                words = entry.split()
                # A deadlock or a wrong value is found in a moment; a livelock only by spending the step budget.
                if words and words[0] in checks and "livelock" not in words:
                    plan = single(source, exercise, text, Limits())
                    found.append(Canary(exercise, (*plan.given, *plan.pieces), checks[words[0]]))
    return found


def choose(canaries: Sequence[Canary], exercise: str) -> Canary:
    """A canary for an exercise, at random."""
    fitting = [canary for canary in canaries if canary.exercise == exercise]
    return random.SystemRandom().choice(fitting) if fitting else built_in()
