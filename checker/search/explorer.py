"""The loop around executions: which policy, how many, when to stop; then the shortest failing schedule.

First one plain execution, not woven: a scenario that starts no thread needs no more. Then dynamic partial-order
reduction, with a switch possible only at lock operations and at places where two unordered accesses, one a write,
have been seen; when a new such place turns up, the search begins anew with it. If that does not come to an end
within its budget, seeded sampling goes on where it left off. Budgets count executions, so that the same code gives
the same result on any machine; the bound in seconds is a safety net and is named in the claim when it was hit.
"""

from __future__ import annotations

import gc
import time
from _thread import allocate_lock
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ..engine import current
from ..engine.affinity import one_core
from ..engine.looks import Looks
from ..engine.runtime import MOST_DELAYS, Policy, Runtime
from ..engine.sites import Site
from ..engine.world import World
from ..outcomes import DEADLOCK, FINISHED, LIVELOCK, NONDETERMINISTIC, RAISED, Execution, Exploration
from . import schedules
from .dpor import Dpor
from .every import Every
from .pct import Pct
from .pos import PartialOrderSampling
from .replay import Replay
from .schedules import Switch
from .shrink import shrink
from .walk import RandomWalk

#: Executions that the reduction may take, and those of each kind of sampling, before the search ends.
REDUCTION = 1_000
SAMPLES = 60
#: Steps that the plain execution may make: one that looks at the clock more often may be waiting for time to pass.
PLAIN_STEPS = 2_000
#: Share of the time after which the reduction leaves the rest to sampling: it goes through the schedules in order, and
#: may not have come to the places that matter.
REDUCTION_SHARE = 0.6
#: Real seconds after which a search ends wherever it is.
SECONDS = 10.0
#: Executions made after the first failure, so that the outcome table shows how common it is.
AFTER_FAILURE = 20

_BUSY = allocate_lock()  # explorations change the whole process

SEARCHES = ("auto", "dpor", "every", "pos", "pct", "walk")


def explore_scenario(
    scenario: Callable[[], Any],
    *,
    allowed: Callable[[Execution], bool] | None = None,
    seed: int = 0,
    delays: bool = False,
    search: str = "auto",
    schedules: int | None = None,
    seconds: float | None = None,
    patience: float = 5.0,
    preemptions: int | None = None,
    replay: str | None = None,
    max_steps: int | None = None,
    after_failure: int = AFTER_FAILURE,
    progress: Callable[[int, float], None] | None = None,
    hidden: Iterable[Callable[..., Any]] = (),
    key: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> Exploration:
    """Explore the schedules of `scenario`.

    Args:
        allowed: asked once for each new observation; False makes it a failure. Without it every observation is
            allowed. Executions that did not finish are failures in any case.
        search: "auto", or one policy alone: "dpor", "every", "pos", "pct", "walk".
        schedules: how many executions at most (default: 1,000 for the reduction, then 180 sampled ones).
        seconds: real seconds at most (default 10).
        patience: real seconds that one execution may take (default 5).
        preemptions: with search="every", only schedules with at most so many preemptions.
        replay: run this one schedule instead, as printed in a failure.
        max_steps: steps one execution may make (default 100,000).
        hidden: functions of the learner's that are woven even if no name leads to them.
        key: of the names, numbers and times that the code sees (`engine.looks`); 0 for the plain ones.
        clock: what `seconds` are counted by: real time, or the processor's where the machine may be busy.
        progress: called after each execution with the number of executions and the seconds since the beginning.

    Raises:
        ValueError: an unknown search, or a replay text that is none.
        RuntimeError: called from inside a scenario.
    """
    if search not in SEARCHES:
        raise ValueError(f"search must be one of {', '.join(SEARCHES)}, not {search!r}")
    if not callable(scenario):
        raise TypeError(f"the scenario must be a function, not {type(scenario).__name__}")
    options = {"delays": delays, "seed": seed, "patience": patience}
    if max_steps is not None:
        options["max_steps"] = max_steps
    world = World(scenario, hidden=hidden, looks=Looks(key))
    explorer = _Explorer(scenario, allowed, options, progress, after_failure, world, clock)
    explorer.deadline = explorer.began + (SECONDS if seconds is None else seconds)
    if not _BUSY.acquire(blocking=False):
        raise RuntimeError("an exploration is already under way: only one at a time, and none inside a scenario")
    try:
        with one_core():
            if replay is not None:
                return explorer.replayed(replay)
            return explorer.explore(search, schedules, preemptions)
    finally:
        _BUSY.release()


class _Explorer:
    def __init__(
        self,
        scenario: Callable[[], Any],
        allowed: Callable[[Execution], bool] | None,
        options: dict[str, Any],
        progress: Callable[[int, float], None] | None,
        after_failure: int,
        world: World | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.scenario = scenario
        self.allowed = allowed
        self.options = options
        self.progress = progress
        self.after_failure = after_failure
        self.clock = clock
        self.began = self.now = clock()
        self.deadline = self.began + SECONDS
        self.result = Exploration(getattr(scenario, "__name__", "scenario"))
        self.world = world or World(scenario)
        self.visible: set[Site] = set()
        self.failing: list[tuple[Execution, list[Switch]]] = []
        self.since_failure = 0
        self.total = 0
        self.doubts: list[str] = []
        self.everything = False
        self.tried = False
        self.delayed = False
        self.sampled = 0
        self.sampling: list[str] = []
        self.complete_bounded = False
        self.last: Runtime | None = None

    # -- one execution ------------------------------------------------------------------------------------------

    def execute(
        self, policy: Any, *, stops: dict[int, list[int]] | None = None, trace: bool = False, **options: Any
    ) -> Execution:
        """Run once under `policy`; return what happened. New racy sites are in `self.last.races.racy`."""
        if current.interrupted:
            current.interrupted = False
            raise KeyboardInterrupt
        self.world.begin()
        rt = Runtime(
            policy,
            world=self.world,
            stops=stops,
            trace=trace,
            everything=self.everything,
            **{**self.options, **options},
        )
        policy.begin()
        rt.run(self.scenario)
        if rt.policy_error is not None:
            raise rt.policy_error
        policy.end(rt)
        self.last = rt
        self.total += 1
        self.tried |= rt.tried
        self.delayed |= rt.delayed
        self.result.steps += rt.steps
        self.result.printed = max(self.result.printed, rt.capture.size)
        if self.total % 50 == 0:
            gc.collect(1)
        self.now = self.clock()  # read once an execution: the processor's time costs as much as many steps
        if self.progress is not None:
            self.progress(self.total, self.now - self.began)
        for doubt in rt.doubts + [f"{name} is imported while the scenario runs" for name in self.world.overlooked()]:
            if doubt not in self.doubts:
                self.doubts.append(doubt)
        if policy.diverged and isinstance(policy, Replay):
            rt.outcome = NONDETERMINISTIC
            rt.note = f"the code did something else under the same schedule: {policy.diverged}"
        switches = [Switch(*switch) for switch in rt.switches]
        return rt.execution(schedules.write(switches))

    def count(self, execution: Execution) -> bool:
        """Enter the execution into the outcome table; True once the search should end."""
        result = self.result
        result.schedules += 1
        row = result.outcomes.find(execution)
        if row is None:
            if execution.outcome == FINISHED:
                fine = self.allowed is None or bool(self.allowed(execution))
            else:
                fine = False
            row = result.outcomes.add(execution, allowed=fine)
        else:
            row.count += 1
        if not row.allowed:
            assert self.last is not None
            if len(self.failing) < 8:
                self.failing.append((execution, [Switch(*switch) for switch in self.last.switches]))
        if self.failing:
            self.since_failure += 1
        assert self.last is not None
        return bool(self.failing) and (self.since_failure > self.after_failure or self.last.stubborn)

    def late(self) -> bool:
        if self.now > self.deadline:
            self.result.out_of_time = True
        return self.result.out_of_time

    # -- the search ---------------------------------------------------------------------------------------------

    def explore(self, search: str, budget: int | None, preemptions: int | None) -> Exploration:
        with self.world.installed():
            self.explored(search, budget, preemptions)
        self.result.seconds = self.clock() - self.began
        return self.result

    def explored(self, search: str, budget: int | None, preemptions: int | None) -> None:
        result = self.result
        if self.plain():
            result.claim = "the only schedule there is: the scenario starts no thread"
            result.exhaustive = result.holds
            result.policy = "one thread"
        else:
            if self.world.overlooked():
                self.world.look_again()
                self.doubts = []
            self.world.weave()
            self.doubts += self.world.doubts
            if search == "every":
                self.every(budget, preemptions)
            elif search in ("auto", "dpor"):
                self.auto(search, budget)
            else:
                self.sample([self.policy(search)], 300 if budget is None else budget)
            self.claim(search)
        if self.failing:
            self.finish()

    def plain(self) -> bool:
        """One execution that is not woven; True if the scenario starts no thread, so that this is all."""
        policy = _Alone()
        execution = self.execute(policy, max_steps=PLAIN_STEPS)
        assert self.last is not None
        if policy.threads or self.last.steps > PLAIN_STEPS:
            self.total = 0
            self.result.steps = 0
            return False
        self.count(execution)
        return True

    def policy(self, name: str) -> Any:
        seed = self.options["seed"]
        return {"pos": PartialOrderSampling, "pct": Pct, "walk": RandomWalk}[name](seed)

    def every(self, budget: int | None, preemptions: int | None) -> None:
        """All interleavings of the shared steps: first the reduction, which finds what is shared; then count."""
        if not self.reduce(REDUCTION, quiet=True):
            self.doubts.append("the shared places could not all be found")
        self.restart()
        policy = Every(preemptions, all_operations=self.tried)
        self.result.policy = "every schedule" + (
            "" if preemptions is None else f" with at most {preemptions} preemptions"
        )
        limit = 100_000 if budget is None else budget
        self.after_failure = limit
        while self.result.schedules < limit and not self.late():
            self.count(self.execute(policy))
            if policy.complete:
                self.result.exhaustive = preemptions is None and not self.doubts
                self.complete_bounded = True
                return

    def restart(self) -> None:
        from ..outcomes import Outcomes

        self.result.outcomes = Outcomes()
        self.result.schedules = 0
        self.failing = []
        self.since_failure = 0

    def show(self) -> bool:
        """Make the racy sites of the last execution visible; True if there were new ones."""
        assert self.last is not None
        new = self.last.races.racy - self.visible
        for site in new:
            site.visible = True
        self.visible |= new
        return bool(new)

    def auto(self, search: str, budget: int | None) -> None:
        limit = REDUCTION if budget is None else budget
        if self.doubts and search == "auto":
            complete = False
        else:
            complete = self.reduce(limit, share=1.0 if search == "dpor" else REDUCTION_SHARE)
        self.result.policy = "DPOR"
        if complete and not self.doubts:
            self.result.exhaustive = True
            return
        if (self.failing and self.since_failure > 0) or search == "dpor" or self.result.out_of_time:
            return
        if self.doubts:
            self.everything = True
        policies = [self.policy(name) for name in ("pos", "walk", "pct")]
        self.sample(policies, SAMPLES * 3 if budget is None else max(3, budget // 5))

    def reduce(self, limit: int, quiet: bool = False, share: float = 1.0) -> bool:
        """Dynamic partial-order reduction, begun anew for each newly found shared place. True if complete.

        It ends after `limit` executions, or after this share of the time.
        """
        policy = Dpor()
        until = self.began + share * (self.deadline - self.began)
        for _ in range(limit):
            execution = self.execute(policy)
            assert self.last is not None
            new = self.show()
            if self.last.outcome != "redundant":
                if self.count(execution) and not quiet:
                    return False
            if new:
                # what was seen so far stands, as executions of the code, but says nothing about completeness
                policy = Dpor()
                if not self.failing:
                    self.restart()
                continue
            if policy.diverged:
                self.doubts.append(f"the code does not repeat itself: {policy.diverged}")
            if policy.complete and not self.doubts:
                return True
            if self.doubts or self.late() or self.now > until:
                return False
        return False

    def sample(self, policies: list[Any], limit: int) -> None:
        self.sampling = [policy.name for policy in policies]
        while self.sampled < limit and not self.late():
            policy = policies[self.sampled % len(policies)]
            self.sampled += 1
            execution = self.execute(policy)
            self.show()
            if self.count(execution):
                return

    def claim(self, search: str) -> None:
        """The exact sentence about what was explored."""
        result = self.result
        n = result.schedules
        seed = self.options["seed"]
        if result.exhaustive:
            if search == "every":
                text = f"all {n:,} schedules" if n != 1 else "the only schedule there is"
            else:
                text = f"all schedules, by {n:,} execution{'s' * (n != 1)} (equivalent ones left out)"
        elif search == "every" and self.complete_bounded:
            text = f"{result.policy.replace('every schedule', f'all {n:,} schedules')}"
        elif self.sampled:
            how = f"({', '.join(self.sampling).replace('PCT', 'PCT depth 3')}; seed {seed})"
            text = f"{n:,} schedules, {self.sampled:,} of them sampled {how}"
            if n == self.sampled:
                text = f"{n:,} sampled schedule{'s' * (n != 1)} {how}"
        else:
            text = f"{n:,} schedule{'s' * (n != 1)}, not all there are"
        if self.delayed:
            text += f"; a thread that could run is delayed by at most {MOST_DELAYS} deadlines in a row"
        if self.doubts and not result.exhaustive:
            text += f"; not exhaustive since {self.doubts[0]}"
        if result.out_of_time:
            text += f"; ended after {self.clock() - self.began:.0f} s"
        if self.failing:
            bad = sum(row.count for row in result.outcomes.rows if not row.allowed)
            text = f"failed in {bad:,} of {n:,} explored schedules"
            if result.exhaustive:
                text += ", which stand for all there are"
            elif self.world.doubts:
                text += f"; beware: {self.world.doubts[0]}"
        else:
            text = f"no failure in {text}"
        result.claim = text

    # -- the failure --------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Shrink the failing schedule, replay it, and keep the traced replay."""
        execution, switches = min(self.failing, key=lambda pair: (pair[0].preemptions, len(pair[1])))
        assert self.last is not None
        # one that did not end by itself would take as long again
        if execution.outcome == NONDETERMINISTIC or self.last.stubborn:
            self.result.failure = execution
            return
        if self.result.policy == "one thread":
            if execution.outcome == DEADLOCK:  # which line took the lock
                execution = self.execute(_Alone(), max_steps=PLAIN_STEPS, trace=True)
            self.result.failure = execution
            return

        def fails(candidate: list[Switch]) -> tuple[Execution, list[Switch]] | None:
            policy = Replay(candidate, lenient=True)
            found = self.execute(policy, stops=policy.stops())
            assert self.last is not None
            if found.outcome != execution.outcome:
                return None
            if found.outcome == FINISHED:
                row = self.result.outcomes.find(found)
                if row is None:
                    if self.allowed is None or self.allowed(found):
                        return None
                elif row.allowed:
                    return None
            elif found.outcome == RAISED and found.error.split(":")[0] != execution.error.split(":")[0]:
                return None
            return found, [Switch(*switch) for switch in self.last.switches]

        everything, self.everything = self.everything, False
        try:
            if execution.outcome != LIVELOCK or self.last is None or self.last.steps < 20_000:
                execution, switches = shrink(execution, switches, fails)
            policy = Replay(switches)
            traced = self.execute(policy, stops=policy.stops(), trace=True)
        finally:
            self.everything = everything
        if traced.outcome != execution.outcome:
            # it did happen; that it does not happen each time is one more thing to know
            note = f"the same schedule then gave another outcome: {traced.outcome}"
            traced = replace(execution, note="; ".join(part for part in (execution.note, note) if part))
        self.result.failure = replace(traced, schedule=schedules.write(switches))

    def replayed(self, text: str) -> Exploration:
        """Run one schedule, traced."""
        switches = schedules.read(text)
        with self.world.installed():
            self.world.weave()
            scout = Replay(switches)
            self.execute(scout, stops=scout.stops())
            self.show()
            policy = Replay(switches)
            execution = self.execute(policy, stops=policy.stops(), trace=True)
        if execution.outcome == NONDETERMINISTIC and schedules.made_by(text) not in ("", schedules.VERSION):
            execution = replace(
                execution,
                note=f"this schedule was recorded on {schedules.made_by(text)}, "
                f"this is {schedules.VERSION}: steps are counted in bytecode",
            )
        execution = replace(execution, schedule=text)
        fine = execution.outcome == FINISHED and (self.allowed is None or bool(self.allowed(execution)))
        self.result.outcomes.add(execution, allowed=fine)
        self.result.schedules = 1
        self.result.policy = "replay"
        self.result.claim = "one schedule, replayed"
        if not fine:
            self.result.failure = execution
        self.result.seconds = self.clock() - self.began
        return self.result


class _Alone:
    """The policy of the plain execution: ends it as soon as a thread is started."""

    complete = True
    diverged = ""

    def __init__(self) -> None:
        self.threads = False

    def begin(self) -> None:
        pass

    def spawned(self, parent: Any, child: Any) -> None:
        self.threads = True
        assert current.runtime is not None
        current.runtime.abandon()  # at once: what comes now may wait for the other thread in a loop

    def choose(self, rt: Runtime, ready: list[Any], running: Any) -> Any:
        return ready[0]

    def end(self, rt: Runtime) -> None:
        pass


__all__ = ["Policy", "explore_scenario"]
