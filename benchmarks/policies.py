"""Part (c): how many executions each search policy makes until it meets a bug."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

import report
from forked import forked
from programs import PROGRAMS, Program

from checker.search.explorer import explore_scenario

CAP = 300
POLICIES = {
    "auto": "reduction, then sampling (what check does)",
    "dpor": "reduction (Flanagan and Godefroid 2005)",
    "pos": "partial-order sampling (Yuan et al. 2018)",
    "pct": "PCT (Burckhardt et al. 2010)",
    "walk": "random walk",
}


def until_found(program: Program, policy: str, seed: int, seconds: float) -> int:
    """Executions up to and with the first failure; 0 if there was none within the cap."""
    found = explore_scenario(
        program.scenario,
        allowed=lambda execution: program.allows(execution.observation),
        search=policy,
        seed=seed,
        schedules=CAP,
        seconds=seconds,
        after_failure=0,
        **program.options,
    )
    return 0 if found.holds else found.schedules


def measure(options: Namespace) -> str:
    wrong = [program for program in PROGRAMS if not program.right][:: options.every]
    rows, hard = [], []
    counts: dict[str, list[int]] = {}
    for policy, name in POLICIES.items():
        counts[policy] = [
            forked(partial(until_found, program, policy, 0, options.budget), options.budget * 2 + 10)[0] or 0
            for program in report.with_progress(wrong, f"executions until found: {policy}")
        ]
        found = [count for count in counts[policy] if count]
        rows.append(
            [
                name,
                report.share(len(found), len(wrong)),
                report.quantile(found, 0.5),
                report.quantile(found, 0.9),
                max(found, default=0),
            ]
        )
    for index, program in enumerate(wrong):
        row = [counts[policy][index] for policy in POLICIES]
        if max(row) >= 20 or 0 in row:
            hard.append([program.name, *(count or f"not in {CAP}" for count in row)])
    return "\n\n".join(
        [
            "## (c) Executions until each bug is found",
            f"The {len(wrong)} wrong programs, seed 0, at most {CAP} executions and {options.budget:g} s each.",
            report.table(["policy", "found", "median", "nine of ten within", "worst"], rows),
            "The hard ones, for which some policy needs 20 executions or more (the number of executions):",
            report.table(["program", *POLICIES], hard),
        ]
    )
