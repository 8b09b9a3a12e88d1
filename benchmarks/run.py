"""Measures the checker beside other ways of testing threads; prints tables and keeps them in RESULTS.md.

    python benchmarks/run.py                   everything, about 25 minutes
    python benchmarks/run.py --quick           a first impression, about two minutes
    python benchmarks/run.py judging speed     only these parts

The parts: judging (a), speed (b), policies (c), answers (of the course), floors, grading (a class).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "quality")]

import answers  # noqa: E402
import floors  # noqa: E402
import grading  # noqa: E402
import judging  # noqa: E402
import policies  # noqa: E402
import report  # noqa: E402
import speed  # noqa: E402

PARTS = {
    "judging": judging.measure,
    "speed": speed.measure,
    "policies": policies.measure,
    "answers": answers.measure,
    "floors": floors.measure,
    "grading": grading.measure,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="which parts (default: all)")
    parser.add_argument("--budget", type=float, default=5.0, help="seconds that a tool has for one program")
    parser.add_argument("--every", type=int, default=1, help="take only every N-th program")
    parser.add_argument("--quick", action="store_true", help="short for --budget 1 --every 8")
    options = parser.parse_args()
    if options.quick:
        options.budget, options.every = 1.0, 8
    for name in options.parts or PARTS:
        section = PARTS[name](options)
        print(f"\n{section}\n")
        report.keep(HERE / "RESULTS.md", name, section, report.command(sys.argv))


if __name__ == "__main__":
    main()
