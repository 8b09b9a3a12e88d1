"""The few words that an execution says of itself."""

from __future__ import annotations

import re
import traceback

from .owning import is_learner_file


def describe_error(error: BaseException) -> str:
    """The exception and the learner's line it came from."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_learner_file(frame.f_code.co_filename):
            place = f" (line {line}, in {frame.f_code.co_name})"
    text = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()
    said = text[-1 if isinstance(error, SyntaxError) else 0] if text else type(error).__name__
    words = re.sub(r" at 0x[0-9a-fA-F]+", "", said)  # an address differs each time
    return words[:500] + place


def enumerated(names: list[str]) -> str:
    """T1; T1 and T2; T1, T2 and T3."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def verb(names: list[str], word: str) -> str:
    """The verb for so many: T1 spins, T1 and T2 spin."""
    return word + "s" if len(names) == 1 else word
