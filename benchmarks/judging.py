"""Part (a): which tool judges how many of the labelled programs right, and how fast."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass

import report
from forked import forked
from programs import PROGRAMS, Program
from tools import Judge, available


@dataclass
class Verdict:
    program: Program
    said: str  # "holds", "" for none, or what went wrong
    seconds: float

    @property
    def right(self) -> bool:
        """Whether it told right from wrong; how a wrong program fails need not be named."""
        return bool(self.said) and (self.said == "holds") == self.program.right


def ask(judge: Judge, at_limit: str, program: Program, budget: float) -> Verdict:
    limit = budget + 1 if at_limit else budget * 2 + 3
    answer, taken = forked(lambda: judge(program, budget), limit)
    if answer is None:
        return Verdict(program, at_limit, taken)
    return Verdict(program, answer.said, answer.seconds)


def measure(options: Namespace) -> str:
    programs = PROGRAMS[:: options.every]
    tools = available()
    everything: dict[str, list[Verdict]] = {name: [] for name in tools}
    for program in report.with_progress(programs, "judging"):
        for name, (judge, at_limit) in tools.items():  # one after the other, so that all meet the same noise
            everything[name].append(ask(judge, at_limit, program, options.budget))
    rows, misjudged = [], []
    for name, verdicts in everything.items():
        wrong = [verdict for verdict in verdicts if not verdict.program.right]
        right = [verdict for verdict in verdicts if verdict.program.right]
        refuted = [verdict.seconds for verdict in wrong if verdict.right]
        over_all = refuted + [float("inf")] * (len(wrong) - len(refuted))
        times = [verdict.seconds for verdict in verdicts]
        rows.append(
            [
                name,
                report.share(sum(verdict.right for verdict in verdicts), len(verdicts)),
                report.share(sum(verdict.right for verdict in wrong), len(wrong)),
                sum(verdict.said not in ("", "holds") for verdict in right),
                sum(not verdict.said for verdict in verdicts),
                report.seconds(report.quantile(refuted, 0.5)),
                report.seconds(report.quantile(over_all, 0.5)),
                report.seconds(report.quantile(over_all, 0.75)),
                report.seconds(report.quantile(times, 0.5)),
                report.seconds(max(times)),
            ]
        )
        if name == "this checker":
            misjudged = [verdict.program.name for verdict in verdicts if not verdict.right]
    head = ["tool", "judged right", "of the wrong ones refuted", "false alarms", "no verdict"]
    head += [
        "median time to refute those",
        "over all wrong ones",
        "three of four within",
        "median to a verdict",
        "worst",
    ]
    return "\n\n".join(
        [
            "## (a) Judging programs",
            f"{len(programs)} small programs of tests/quality, {sum(not p.right for p in programs)} of them wrong; "
            f"each tool has {options.budget:g} s for each, in a process of its own; imports are not counted. "
            "A tool judges right if it says that a right program holds and that a wrong one does not; how it fails "
            "need not be named. frontrun gets each scenario cut at its `together` into setup, workers and "
            "invariant; those that start threads themselves as one worker. Plain stress counts a round that hangs "
            "as a refutation. Each explorer has run once in the process before its time counts. Over all wrong "
            "programs, one that a tool does not refute counts as never.",
            report.table(head, rows),
            "Misjudged by this checker: " + (", ".join(misjudged) or "none") + ".",
        ]
    )
