"""Answers known to be broken, mixed in at places that a submission cannot guess.

An answer that makes the worker say "holds" for itself makes it say so for a canary too; then nothing that
this worker said is believed. A canary is explored among the submission's own names, as one more check whose cell
happens to bring the answer along: neither the request nor the place tells that it is none of the submission's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checker.grading.limits import Limits
from checker.grading.plan import single
from checker.grading.source import CheckCell, Claim, Source

_FAILS = re.compile(r"# fails: (.+)")


@dataclass(frozen=True, slots=True)
class Canary:
    """A broken answer and a check that must refute it."""

    exercise: str
    check: CheckCell  # its source begins with the answer


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
    source = (_BUILT_IN + _SCENARIO).format(**names)
    return Canary(exercise, CheckCell(f"{exercise}-1", exercise, 0, False, 0, source, (claim,)))


def wrong_answers(folder: Path, exercises: Iterable[str]) -> dict[str, list[str]]:
    """The texts of `folder/<exercise>/wrong_*.py`, by exercise."""
    return {
        exercise: [path.read_text(encoding="utf-8") for path in sorted((folder / exercise).glob("wrong_*.py"))]
        for exercise in exercises
    }


def make(source: Source, wrong: Mapping[str, Sequence[str]]) -> list[Canary]:
    """A canary for each wrong answer and each check that its first line names.

    The line reads `# fails: counter-2 raised, counter-3`. An answer that fails by being loaded is left out, and so is
    one that needs to stand at the very beginning of a cell.
    """
    checks = {check.id: check for check in source.checks}
    found = []
    for exercise, texts in wrong.items():
        for text in texts:
            named = None if "__future__" in text else _FAILS.match(text)
            for entry in named[1].split(",") if named else ():
                words = entry.split()
                # A deadlock or a wrong value is found in a moment; a livelock only by spending the step budget.
                if words and words[0] in checks and "livelock" not in words:
                    plan = single(source, exercise, text, Limits())
                    check = checks[words[0]]
                    parts = [piece.source for piece in (*plan.given, *plan.pieces)]
                    found.append(Canary(exercise, replace(check, source="\n".join([*parts, check.source]))))
    return found


def choose(canaries: Sequence[Canary], exercise: str) -> Canary:
    """A canary for an exercise, at random."""
    fitting = [canary for canary in canaries if canary.exercise == exercise]
    return random.SystemRandom().choice(fitting) if fitting else built_in(exercise)
