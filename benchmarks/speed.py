"""Part (b): executions per second of the same four scenarios."""

from __future__ import annotations

import time
from argparse import Namespace
from functools import partial

import report
from forked import forked
from programs import Program
from scenarios import SCENARIOS
from tools import Answer, Judge, available, frontrun, frontrun_random, plain_stress

from checker.search.explorer import explore_scenario


def by_this_checker(search: str) -> Judge:
    def run(program: Program, budget: float) -> Answer:
        begun = time.perf_counter()
        found = explore_scenario(
            program.scenario, search=search, schedules=10**6, seconds=budget, allowed=lambda execution: True
        )
        return Answer(found.claim, found.schedules, time.perf_counter() - begun)

    return run


def measure(options: Namespace) -> str:
    tools = {"this checker (random walk)": by_this_checker("walk")}
    tools["this checker (reduction, until done)"] = by_this_checker("dpor")
    if "frontrun 0.7 (DPOR)" in available():
        tools |= {"frontrun 0.7 (DPOR, until done)": frontrun, "frontrun 0.7 (random)": frontrun_random}
    tools["plain stress"] = plain_stress
    budget = min(options.budget, 3.0)
    rows = []
    for name, run in report.with_progress(list(tools.items()), "executions per second"):
        row = [name]
        for scenario in SCENARIOS:
            program = Program(scenario, ("holds",), lambda observation: True)

            answer, _ = forked(partial(run, program, budget), budget * 3 + 20)
            counted = answer is not None and answer.executions
            row.append(f"{answer.executions / answer.seconds:,.0f}" if counted else "none in time")
        rows.append(row)
    head = ["executions per second", *(scenario.__name__.replace("_", " ") for scenario in SCENARIOS)]
    return "\n\n".join(
        [
            "## (b) Executions per second",
            f"Of the same scenarios (benchmarks/scenarios.py), whatever they return; {budget:g} s each. The time "
            "counts from the call to its return, so that what is done once (weaving, tracing) weighs on a search "
            "that ends after a few executions. Time is virtual for both explorers and real for plain stress.",
            report.table(head, rows),
        ]
    )
