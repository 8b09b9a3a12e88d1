"""Compares the speed of checking with that of another checkout of this project, side by side.

    git worktree add /tmp/before HEAD~1
    python benchmarks/beside.py /tmp/before            about three minutes

Both explore the programs of `tests/quality`, in turn and in fresh processes; of each program the fastest of the rounds
counts, in processor time. More than 1.05 is slower than a change may make it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def explored(every: int) -> dict[str, float]:
    """Processor seconds for each program, by the checker that is on the path."""
    from programs import PROGRAMS

    from checker.search.explorer import explore_scenario

    found = {}
    for program in PROGRAMS[::every]:
        began = time.process_time()
        explore_scenario(program.scenario, **program.options)
        found[program.name] = time.process_time() - began
    return found


def measured(checkout: Path, every: int) -> dict[str, float]:
    """The same in a fresh process, by the checker of a checkout, on this checkout's programs."""
    path = os.pathsep.join([str(checkout), str(HERE / "tests" / "quality")])
    # by its path, not by the installed package; the same hashes for both
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    command = [sys.executable, str(Path(__file__).resolve()), "--child", "--every", str(every)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    where, found = json.loads(done.stdout)
    assert Path(where).is_relative_to(checkout), f"{where} was measured, not {checkout}"
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", nargs="?", type=Path, help="the other checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth program")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        import checker

        print(json.dumps((checker.__file__, explored(options.every))))
        return
    if options.checkout is None or not (options.checkout / "checker").is_dir():
        parser.error("name a checkout of this project to compare with")
    best: list[dict[str, float]] = [{}, {}]
    for number in range(options.rounds):
        for times, checkout in zip(best, (HERE, options.checkout.resolve())):
            for name, seconds in measured(checkout, options.every).items():
                times[name] = min(seconds, times.get(name, seconds))
        print(f"\rround {number + 1} of {options.rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    here, there = best
    ratios = sorted((here[name] / there[name], name) for name in here)
    middle = ratios[len(ratios) // 2][0]
    print(f"{len(ratios)} programs: {sum(here.values()):.2f} s here, {sum(there.values()):.2f} s there")
    print(f"ratio of the sums {sum(here.values()) / sum(there.values()):.3f}, of the middle program {middle:.3f}")
    print("slowest beside the other: " + ", ".join(f"{name} {ratio:.2f}" for ratio, name in reversed(ratios[-5:])))


if __name__ == "__main__":
    main()
