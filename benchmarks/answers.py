"""The right answers of the course: seconds and claims of their checks."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import report

ROOT = Path(__file__).resolve().parent.parent
NOT_ALL = "sampled", "not all", "not exhaustive", "ended after"


def ask(exercise: str, file: Path) -> list[dict[str, Any]]:
    """The checks of one answer, as `python -m checker check` tells them."""
    done = subprocess.run(
        [sys.executable, "-m", "checker", "check", exercise, str(file), "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
    )
    try:
        checks: list[dict[str, Any]] = json.loads(done.stdout)["checks"]
    except (ValueError, KeyError):
        return []
    return checks


def measure(options: Namespace) -> str:
    files = sorted(ROOT.glob("course/*/answers/*/right_*.py"))
    first = {file.parent: file for file in reversed(files)} if options.every > 1 else {file: file for file in files}
    rows, seconds, whole, passed, total = [], [], 0, 0, 0
    for file in report.with_progress(sorted(first.values()), "right answers"):
        checks = ask(file.parent.name, file)
        if not checks:
            rows.append([file.parent.name, file.stem, "not checked", "", ""])
            continue
        exhaustive = sum(not any(words in check["claim"] for words in NOT_ALL) for check in checks)
        times = [check["seconds"] for check in checks]
        seconds += times
        whole += exhaustive
        passed += sum(check["passed"] for check in checks)
        total += len(checks)
        if max(times) > 1.5 or exhaustive < len(checks) or not all(check["passed"] for check in checks):
            rows.append(
                [
                    file.parent.name,
                    file.stem,
                    report.share(sum(check["passed"] for check in checks), len(checks)),
                    report.share(exhaustive, len(checks)),
                    report.seconds(max(times)),
                ]
            )
    return "\n\n".join(
        [
            "## Right answers of the course",
            f"{len(first)} answers that fulfil their contracts, {total} checks, by `python -m checker check`; a check "
            "counts as covered by all schedules if each of its scenarios is.",
            report.table(
                ["checks passed", "with the claim “all schedules”", "median", "nine of ten within", "worst"],
                [
                    [
                        report.share(passed, total),
                        report.share(whole, total),
                        *(report.seconds(report.quantile(seconds, q)) for q in (0.5, 0.9, 1.0)),
                    ]
                ],
            ),
            "Those that take more than 1.5 s or are not covered completely:",
            report.table(["exercise", "answer", "passed", "all schedules", "slowest check"], rows),
        ]
    )
