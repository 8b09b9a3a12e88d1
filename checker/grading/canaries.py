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

    exercise: str
    pieces: tuple[Piece, ...]
    check: CheckCell


#: For exercises without known wrong answers: two increments without a lock, under names drawn anew each time.
_BUILT_IN = """
from checker import together

class {kind}:
    def __init__(self):
        self.{value} = 0

    def {step}(self):
        self.{value} += 1
"""
_SCENARIO = """
def {scenario}():
    one = {kind}()
    together(one.{step}, one.{step})
    return one.{value}
"""
_NAMES = {
    "kind": ("Counter", "Tally", "Total", "Meter", "Score", "Gauge"),
    "value": ("value", "_value", "count", "total", "_n", "number"),
    "step": ("increment", "add", "inc", "step", "count_up", "bump"),
    "scenario": ("no_increment_is_lost", "all_steps_count", "two_at_once", "both_are_counted"),
}


def built_in(exercise: str) -> Canary:
    """The canary that fits every exercise."""
    chance = random.SystemRandom()
    names = {key: chance.choice(choices) for key, choices in _NAMES.items()}
    names["value"] += chance.choice(("", "s", "_now"))  # never the same as the step
    claim = Claim(names["scenario"], names["scenario"], 2, {})
    check = CheckCell(f"{exercise}-1", exercise, 0, False, 0, _SCENARIO.format(**names), (claim,))
    return Canary(exercise, (Piece(exercise, _BUILT_IN.format(**names)),), check)


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
    return random.SystemRandom().choice(fitting) if fitting else built_in(exercise)
