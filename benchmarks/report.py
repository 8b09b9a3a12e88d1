"""Tables as Markdown, progress on the terminal, and RESULTS.md, in which each part has a place of its own."""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

Item = TypeVar("Item")


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; numbers to the right, columns padded so that it reads well as text too."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(head), *cells]) for column in range(len(head))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |"
        for row in [list(head), *cells]
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def seconds(value: float) -> str:
    if value == float("inf"):
        return "never"
    return f"{value:.3f} s" if value < 1 else f"{value:.1f} s"


def share(part: int, whole: int) -> str:
    return f"{part} of {whole}" + (f" ({100 * part / whole:.0f} %)" if whole else "")


def quantile(values: Sequence[float], fraction: float) -> float:
    """The value below which this fraction of the values lies; NaN if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(fraction * len(ordered)))] if ordered else float("nan")


def with_progress(items: Sequence[Item], what: str) -> Iterator[Item]:
    """The items one by one, saying on the terminal how far it is and how long it will take."""
    begun = time.monotonic()
    for number, item in enumerate(items):
        yield item
        spent = time.monotonic() - begun
        left = spent / (number + 1) * (len(items) - number - 1)
        sys.stderr.write(f"\r{what}: {number + 1} of {len(items)}, about {left:.0f} s left    ")
        sys.stderr.flush()
    sys.stderr.write("\r" + " " * 78 + "\r")


def machine() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


def command(arguments: Sequence[str]) -> str:
    return shlex.join(["python", "benchmarks/run.py", *arguments[1:]])


def keep(path: Path, name: str, section: str, made_by: str) -> None:
    """Replace the part `name` of the results file, or add it at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    text = path.read_text() if path.exists() else "# Results of the benchmarks\n"
    part = f"{begin}\n{section}\n\n`{made_by}` on {machine()}, {time.strftime('%Y-%m-%d')}.\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(text):
        text = pattern.sub(lambda _: part, text)
    else:
        text = text.rstrip("\n") + "\n\n" + part + "\n"
    path.write_text(text)
