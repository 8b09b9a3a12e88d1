"""The words of a verdict: headline, why it went wrong, what to try next. Plain sentences, no solutions."""

from __future__ import annotations

from bisect import bisect_left

from checker.outcomes import FINISHED, RAISED, Execution, Exploration, Step, Stuck
from checker.telling.moments import MAIN, RUNNABLE, lock_name, moments

#: Characters of a value in the headline.
HEADLINE_VALUE = 44
#: How an expectation reads that is a function without a name.
ANYTHING_ALLOWED = "what the check allows"


def headline(exploration: Exploration) -> str:
    """What happened, in one line that a beginner understands."""
    name, failure, rows = exploration.name, exploration.failure, exploration.outcomes.rows
    if failure is None:
        return ("✓ " if exploration.expected else "• ") + _held(exploration)

    def did(verb: str, past: str) -> str:
        return f"{name} can {verb}" if len(rows) > 1 else f"{name} {past}"

    match failure.outcome:
        case "finished":
            shown = repr(failure.observation)
            what = f"{did('give', 'gave')} {_cut(shown)}"
            if shown == exploration.expected:  # only the types differ, such as an int of the answer's own class
                what += f" (of type {type(failure.observation).__name__})"
            what += _instead_of(exploration.expected)
        case "raised":
            what = f"{did('fail', 'failed')} with {_cut(failure.error, 120)}"
        case "deadlock":
            what = f"{did('hang', 'hung')} for ever (deadlock): {_deadlock(failure)}"
        case "livelock":
            what = f"{did('go', 'went')} on without end (livelock)"
        case "leaked":
            alive = [stuck.thread for stuck in failure.stuck if stuck.thread != MAIN] or ["a thread"]
            running = f"{_and(alive)} {'is' if len(alive) == 1 else 'are'} still running"
            what = f"{did('return', 'returned')} while {running}"
        case _:
            what = f"{name} did not repeat itself: the same schedule led to different steps"
    return "✗ " + what


def _instead_of(expected: str) -> str:
    if expected == ANYTHING_ALLOWED:
        return ", which the check does not allow"
    return f"; expected {_cut(expected)}" if expected else ""


def _held(exploration: Exploration) -> str:
    name, rows = exploration.name, exploration.outcomes.rows
    where = "in every schedule" if exploration.exhaustive else "in every schedule explored"
    if len(rows) == 1 and rows[0].outcome == FINISHED:
        gave = "ended" if rows[0].observation is None else f"gave {_cut(repr(rows[0].observation))}"
        return f"{name} {gave}" + (f" {where}" if exploration.schedules > 1 else "")
    if len(rows) > 1:
        allowed = ", all of them allowed" if exploration.expected else ""
        return f"{name} has {len(rows)} different outcomes{allowed}"
    return f"{name}: nothing failed"


def _deadlock(failure: Execution) -> str:
    stuck = [one for one in failure.stuck if not (one.thread == MAIN and one.action == "join")] or list(failure.stuck)
    ring = cycle(failure)
    if len(ring) == 1:
        return f"{ring[0]} waits for a lock that it holds itself"
    if ring:
        each = "each other" if len(ring) == 2 else "one another in a ring"
        return f"{_and(ring)} wait for {each}"
    if len(stuck) == 1:
        return f"{stuck[0].thread} waits for {awaited(stuck[0])}"
    return f"{_and([one.thread for one in stuck])} wait, and nobody is left to wake them"


def cycle(failure: Execution) -> list[str]:
    """The threads of a ring in the wait-for graph, or nothing if there is none."""
    after = {stuck.thread: stuck.holder for stuck in failure.stuck if stuck.holder}
    for start in sorted(after):
        ring = [start]
        while (following := after.get(ring[-1])) is not None and following not in ring:
            ring.append(following)
        if following == start:
            return ring
    return []


def doing(stuck: Stuck) -> str:
    """What an unfinished thread is at: "waits for lock a, which T2 holds"."""
    if stuck.action == "spin":
        return "spins for ever"
    return "is still running" if stuck.action in RUNNABLE else f"waits for {awaited(stuck)}"


def awaited(stuck: Stuck) -> str:
    """What a stuck thread waits for, and who has it: "lock a, which T2 holds"."""
    match stuck.action:
        case "join":
            return f"the end of {stuck.target}" if stuck.target else "the end of a thread"
        case "get":
            return f"an item from {stuck.target or 'a queue'}"
        case "put":
            return f"room in {stuck.target or 'a queue'}"
        case "sleep":
            return "its sleep to end"
        case "wait" | "wait_for":
            return f"a wake-up on {stuck.target}" if stuck.target else "a wake-up"
        case "result":
            return "the result of a future"
    name = lock_name(stuck.target) or "a lock"
    if stuck.holder == stuck.thread:
        return f"{name}, which it holds itself"
    return f"{name}, which {stuck.holder} holds" if stuck.holder else name


def why(failure: Execution) -> str:
    """One sentence on how it came about, if the steps show it; else ""."""
    if failure.outcome not in (FINISHED, RAISED):
        return ""
    return _lost_update(failure) or _torn_read(failure) or _stale_look(failure)


def _lost_update(failure: Execution) -> str:
    """A write that rests on a read which another thread's write has overtaken."""
    steps = failure.steps
    looks, writes = _by_target(steps, "read", "call"), _by_target(steps, "write")
    for third, write in enumerate(steps):
        if write.action != "write":
            continue
        first = _latest(looks[write.target], steps, third, by=write.thread)
        second = _latest(writes[write.target], steps, third, but=write.thread)
        if 0 <= first < second:
            other, value = steps[second].thread, steps[first].value
            read = f"{write.target} = {value}" if value else write.target
            one, two, three = (_moment_of(failure, number) for number in (first, second, third))
            return (
                f"{write.thread} read {read} (step {one}), {other} then changed it (step {two}), and "
                f"{write.thread} wrote {write.value or 'it'} from what it had read before (step {three}): "
                f"the change by {other} is lost."
            )
    return ""


def _torn_read(failure: Execution) -> str:
    """Two reads of one thread between which another changed both places."""
    steps = failure.steps
    writes = _by_target(steps, "write")
    seen: dict[tuple[str, str], int] = {}  # thread and target: its latest read
    for second, later in enumerate(steps):
        if later.action not in ("read", "call"):
            continue
        for (thread, target), first in seen.items():
            if thread != later.thread or target == later.target:
                continue
            changed = [
                {steps[number].thread for number in writes[name] if first < number < second} - {thread}
                for name in (target, later.target)
            ]
            for other in sorted(changed[0] & changed[1]):
                one, two = _moment_of(failure, first), _moment_of(failure, second)
                return (
                    f"{thread} read {target} (step {one}) before and {later.target} (step {two}) "
                    f"after {other} changed both."
                )
        if later.action == "read":
            seen[later.thread, later.target] = second
    return ""


def _stale_look(failure: Execution) -> str:
    """A thread that goes on with what another has used since it looked."""
    steps = failure.steps
    looks, uses = _by_target(steps, "read", "call"), _by_target(steps, "write", "call")
    for third, act in enumerate(steps):
        if act.action not in ("write", "call"):
            continue
        first = _latest(looks[act.target], steps, third, by=act.thread)
        second = _latest(uses[act.target], steps, third, but=act.thread)
        if 0 <= first < second:
            one, two, three = (_moment_of(failure, number) for number in (first, second, third))
            return (
                f"{act.thread} looked at {act.target} (step {one}), but before it went on with it "
                f"(step {three}), {steps[second].thread} used it too (step {two})."
            )
    return ""


def _by_target(steps: tuple[Step, ...], *actions: str) -> dict[str, list[int]]:
    """The numbers of the steps of these actions, by what they touch."""
    found: dict[str, list[int]] = {step.target: [] for step in steps}
    for number, step in enumerate(steps):
        if step.action in actions:
            found[step.target].append(number)
    return found


def _latest(numbers: list[int], steps: tuple[Step, ...], before: int, *, by: str = "", but: str = "") -> int:
    """The last of these steps before `before` that thread `by` made, or any thread but `but`; or -1."""
    for number in reversed(numbers[: bisect_left(numbers, before)]):
        if steps[number].thread == by or (but and steps[number].thread != but):
            return number
    return -1


def _moment_of(failure: Execution, step: int) -> int:
    """The number of the moment in which a reader sees a step."""
    return max((moment.number for moment in moments(failure) if moment.first <= step), default=1)


def next_try(exploration: Exploration) -> str:
    """What to look at next: a question to the reader, not the answer."""
    failure = exploration.failure
    if failure is None:
        return ""
    match failure.outcome:
        case "finished" | "raised" if failure.preemptions:
            return "Where did another thread come in between? Which lines must stay together?"
        case "finished":
            return "This needs no unlucky switch: follow the steps. Where do they leave what you meant?"
        case "raised":
            return "This needs no unlucky switch: follow the steps to the line that raised."
        case "deadlock":
            return _next_after_deadlock(failure)
        case "livelock":
            return "What does the loop wait for, and who could still make it come true?"
        case "leaked":
            return "Who waits for the end of each thread that was started?"
    return "Does the code depend on the real time, on random numbers, on ids or on state kept between runs?"


def _next_after_deadlock(failure: Execution) -> str:
    ring = cycle(failure)
    if len(ring) == 1:
        return f"Which line took the lock first, and how did {ring[0]} come to ask for it again?"
    if ring:
        return f"In which order does each of {_and(ring)} take its locks? Compare."
    ended = {stuck.thread for stuck in failure.stuck}
    for stuck in failure.stuck:
        if stuck.action in ("acquire", "__enter__") and stuck.holder not in ended:
            return f"Who should have released {lock_name(stuck.target) or 'the lock'}, on every way out?"
    return "Who should have woken the waiting thread, and could that have come too early?"


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def _cut(text: str, width: int = HEADLINE_VALUE) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
