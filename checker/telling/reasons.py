"""The words of a verdict: headline, why it went wrong, what to try next. Plain sentences, no solutions."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from checker.outcomes import DEADLOCK, FINISHED, NOTHING, RAISED, Execution, Exploration, Step, Stuck
from checker.telling.moments import MAIN, RUNNABLE, awaited_thing, lock_name, moments, relevant

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
    after = {stuck.thread: awaits(stuck) for stuck in failure.stuck if awaits(stuck)}
    for start in sorted(after):
        ring = [start]
        while (following := after.get(ring[-1])) is not None and following not in ring:
            ring.append(following)
        if following == start:
            return ring
    return []


def awaits(stuck: Stuck) -> str:
    """The thread for whom a stuck thread waits; "" if nobody in particular."""
    return stuck.target if stuck.action == "join" else stuck.holder


def doing(stuck: Stuck) -> str:
    """What an unfinished thread is at: "waits for lock a, which T2 holds"."""
    if stuck.action == "spin":
        return "spins for ever"
    if stuck.action == "begin":
        return "has not begun yet"
    return "is still running" if stuck.action in RUNNABLE else f"waits for {awaited(stuck)}"


def awaited(stuck: Stuck) -> str:
    """What a stuck thread waits for, and who has it: "lock a, which T2 holds"."""
    if thing := awaited_thing(stuck.action, stuck.target):
        return thing
    if stuck.action == "sleep":
        return "its sleep to end"
    name = lock_name(stuck.target) or "a lock"
    if stuck.holder == stuck.thread:
        return f"{name}, which it holds itself"
    return f"{name}, which {stuck.holder} holds" if stuck.holder else name


def why(failure: Execution) -> str:
    """One sentence on how it came about, if the steps show it; else ""."""
    story = _Story(failure)
    if failure.outcome == DEADLOCK:
        return _unheard(story) or _kept(failure)
    if failure.outcome not in (FINISHED, RAISED):
        return ""
    reasons = (
        _gone_over, _not_its_own, _lost_update, _torn_read, _half_done, _overtaken, _read_after, _in_between,
        _stale_look,
    )  # fmt: skip
    return next((text for reason in reasons if (text := reason(story))), "")


class _Story:
    """A failure and the moments in which a reader sees its steps."""

    def __init__(self, failure: Execution) -> None:
        self.failure = failure
        self.steps = relevant(failure)

    @cached_property
    def _firsts(self) -> list[int]:
        return [moment.first for moment in moments(self.failure)]

    def at(self, step: int) -> int:
        """The number of the moment in which a reader sees a step."""
        return max(1, bisect_right(self._firsts, step))


def _unheard(story: _Story) -> str:
    """A wake-up that came before anybody waited for it, or that was taken back."""
    steps = story.steps
    for stuck in story.failure.stuck:
        waited = _last(steps, stuck.thread, "wait", "await", target=stuck.target)
        if waited < 0:
            continue
        since = story.at(waited)
        for number in range(waited - 1, -1, -1):
            step = steps[number]
            if step.target != stuck.target or step.thread == stuck.thread:
                continue
            if step.action == "notify" and step.value == "0":
                return (
                    f"{step.thread} notified {step.target} (step {story.at(number)}) when nobody waited; "
                    f"{stuck.thread} began to wait only after that (step {since})."
                )
            if step.action == "clear" and (sets := [n for n in range(number) if _sets(steps[n], step.target)]):
                who = "" if steps[sets[-1]].thread == step.thread else f"{step.thread} "
                return (
                    f"{steps[sets[-1]].thread} set {step.target} (step {story.at(sets[-1])}) and "
                    f"{who}cleared it (step {story.at(number)}) before {stuck.thread} "
                    f"looked at it (step {since})."
                )
    return ""


def _sets(step: Step, target: str) -> bool:
    return step.action == "set" and step.target == target


def _kept(failure: Execution) -> str:
    """A thread that waits for something while it holds a lock which another needs."""
    for stuck in failure.stuck:
        holder = next((one for one in failure.stuck if one.thread == stuck.holder != stuck.thread), None)
        if holder and not holder.holder and holder.action not in RUNNABLE:
            name = lock_name(stuck.target)
            return f"{holder.thread} waits for {awaited(holder)}, and keeps {name}, which {stuck.thread} needs."
    return ""


def _last(steps: tuple[Step, ...], thread: str, *actions: str, target: str) -> int:
    """The number of the thread's last step of these on the target, or -1."""
    numbers = range(len(steps) - 1, -1, -1)
    wanted = (n for n in numbers if steps[n].thread == thread and steps[n].action in actions)
    return next((n for n in wanted if steps[n].target == target), -1)


def _not_its_own(story: _Story) -> str:
    """A lock released by a thread that had been refused it."""
    refused: dict[tuple[str, str], int] = {}
    holds: dict[str, tuple[str, ...]] = {}
    for number, step in enumerate(story.steps):
        key = step.thread, step.target
        if step.action == "timeout" or (step.action == "acquire" and step.value == "False"):
            refused[key] = number
        elif step.action == "acquire":
            refused.pop(key, None)
        elif step.action == "release" and key in refused:
            others = [name for name, held in holds.items() if name != step.thread and step.target in held]
            if others:
                return (
                    f"{step.thread} did not get {lock_name(step.target)} (step {story.at(refused[key])}), "
                    f"and yet released it (step {story.at(number)}) while {others[0]} held it."
                )
        holds[step.thread] = step.holds
    return ""


def _gone_over(story: _Story) -> str:
    """A container that another changed while a thread went over it."""
    steps = story.steps
    if not re.search("(changed size|mutated) during iteration", story.failure.error):
        return ""
    act = next((step for step in reversed(steps) if step.action == "raise"), None)
    for first, look in enumerate(steps):
        if act is None or (look.thread, look.line, look.action) != (act.thread, act.line, "read"):
            continue
        for second, change in enumerate(steps[first:], first):
            inside = change.target == look.target or change.target.startswith(f"{look.target}[")
            if inside and change.thread != look.thread and change.action in ("write", "call"):
                return (
                    f"{look.thread} was going over {look.target} (from step {story.at(first)} on) "
                    f"when {change.thread} changed it (step {story.at(second)})."
                )
    return ""


def _failed(steps: tuple[Step, ...], number: int) -> bool:
    """Whether the step only tried to write: its line raised at once."""
    tried, *after = steps[number : number + 2]
    return any(
        (then.action, then.thread, then.file, then.line) == ("raise", tried.thread, tried.file, tried.line)
        for then in after
    )


def _lost_update(story: _Story) -> str:
    """A write that rests on a read which another thread's write has overtaken."""
    steps = story.steps
    looks, writes = _by_target(steps, "read", "call"), _by_target(steps, "write")
    for third, write in enumerate(steps):
        if write.action != "write" or _failed(steps, third):
            continue
        first = _latest(looks[write.target], steps, third, by=write.thread)
        second = _latest(writes[write.target], steps, third, but=write.thread)
        if 0 <= first < second:
            other, missing = steps[second].thread, steps[first].value == NOTHING
            read = f"found no {write.target}" if missing else f"read {_with_value(steps[first])}"
            seen = "seen" if missing else "read"
            one, two, three = (story.at(number) for number in (first, second, third))
            did = "deleted it" if write.value == NOTHING else f"wrote {write.value or 'it'}"
            return (
                f"{write.thread} {read} (step {one}), {other} then changed it (step {two}), and "
                f"{write.thread} {did} from what it had {seen} before (step {three}): "
                f"the change by {other} is lost."
            )
    return ""


def _torn_read(story: _Story) -> str:
    """Two reads of one thread between which another changed both places; the last such two."""
    steps = story.steps
    writes, looks = _by_target(steps, "write"), _by_target(steps, "read", "call")
    seen: dict[tuple[str, str], int] = {}  # thread and target: its latest read
    found = ""
    for second, later in enumerate(steps):
        if later.action not in ("read", "call") or later.thread == MAIN:
            continue
        for (thread, target), first in seen.items():
            if thread != later.thread or target == later.target or steps[first].function != later.function:
                continue
            between = [[steps[n].thread for n in writes[name] if first < n < second] for name in (target, later.target)]
            if thread in between[0] + between[1]:
                continue
            if all(_latest(looks[name], steps, len(steps), by=thread) > second for name in (target, later.target)):
                continue  # it threw both away, and read anew
            for other in sorted(set(between[0]) & set(between[1])):
                one, two = story.at(first), story.at(second)
                found = (
                    f"{thread} read {target} (step {one}) before and {later.target} (step {two}) "
                    f"after {other} changed both."
                )
        seen[later.thread, later.target] = second
    return found


def _half_done(story: _Story) -> str:
    """Two reads of one thread between two writes of another: it saw the one, and not the other."""
    steps = story.steps
    looks = _by_target(steps, "read", "call")
    readers = {step.thread for step in steps} - {MAIN}
    before: dict[str, int] = {}  # thread -> its latest write
    for last, later in enumerate(steps):
        if later.action != "write":
            continue
        first = before.get(later.thread, last)
        before[later.thread] = last
        targets = {steps[first].target, later.target}
        places = [looks[steps[number].target] for number in (first, last)]
        if steps[first].target == later.target or steps[first].function != later.function:
            continue  # not two parts of one change
        changers = {step.thread for step in steps if step.action == "write" and step.target in targets}
        for reader in sorted(readers - changers):
            seen = [_latest(numbers, steps, last, by=reader) for numbers in places]
            final = [_latest(numbers, steps, len(steps), by=reader) for numbers in places]
            if min(seen) > first and seen == final and steps[seen[0]].function == steps[seen[1]].function:
                one, two, look = (story.at(number) for number in (first, last, max(seen)))
                return (
                    f"{reader} looked at {steps[first].target} and {later.target} (step {look}) when "
                    f"{later.thread} had changed the one (step {one}) and not yet the other (step {two})."
                )
    return ""


def _overtaken(story: _Story) -> str:
    """A thread that looks, lets another change what it saw, and then changes it too."""
    steps = story.steps
    looks, writes = _by_target(steps, "read"), _by_target(steps, "write")
    for third, write in enumerate(steps):
        if write.action != "write" or _failed(steps, third):
            continue
        second = _latest(writes[write.target], steps, third, but=write.thread)
        first = _latest(looks[write.target], steps, second, by=write.thread)
        own = _latest(writes[write.target], steps, third, by=write.thread)
        if own >= 0 or not 0 <= first < second:  # who has changed it before knows that it changes
            continue
        one, two, three = (story.at(number) for number in (first, second, third))
        return (
            f"{write.thread} looked at {_with_value(steps[first])} (step {one}), but {steps[second].thread} changed it "
            f"(step {two}) before {write.thread} did (step {three})."
        )
    return ""


def _read_after(story: _Story) -> str:
    """A thread that reads back what it has written, and finds what another wrote."""
    steps = story.steps
    writes = _by_target(steps, "write")
    for third, read in enumerate(steps):
        if read.action != "read" or read.thread == MAIN:
            continue
        first = _latest(writes[read.target], steps, third, by=read.thread)
        second = _latest(writes[read.target], steps, third, but=read.thread)
        between = range(first + 1, third)
        if 0 <= first < second and not any(
            steps[n].thread == read.thread and (steps[n].target, steps[n].action) == (read.target, "read")
            for n in between
        ):
            one, two, three = (story.at(number) for number in (first, second, third))
            return (
                f"{read.thread} wrote {_with_value(steps[first])} (step {one}), {steps[second].thread} then changed it "
                f"(step {two}), and {read.thread} read {read.value or 'it'} (step {three}), not what it had written."
            )
    return ""


def _with_value(step: Step) -> str:
    return f"{step.target} = {step.value}" if step.value and step.value != NOTHING else step.target


def _in_between(story: _Story) -> str:
    """A thread that looks at something between two changes of it by another; the last such look."""
    steps = story.steps
    changes: dict[str, list[int]] = {}  # of a place, and of what contains it
    for number, step in enumerate(steps):
        if step.action in ("write", "call"):
            for end in [*(match.start() for match in re.finditer(r"\[", step.target)), len(step.target)]:
                changes.setdefault(step.target[:end], []).append(number)
    found = ""
    for number, look in enumerate(steps):
        if look.action != "read" or look.thread == MAIN or not story.failure.preemptions:
            continue
        numbers = changes.get(look.target, [])
        place = bisect_left(numbers, number)
        if not 0 < place < len(numbers):
            continue
        before, after = numbers[place - 1], numbers[place]
        if look.thread != steps[before].thread == steps[after].thread:
            found = (
                f"{look.thread} looked at {_with_value(look)} (step {story.at(number)}) between two changes by "
                f"{steps[before].thread} (step {story.at(before)} and step {story.at(after)})."
            )
    return found


def _stale_look(story: _Story) -> str:
    """A thread that goes on with what another has changed since it looked."""
    steps = story.steps
    looks, uses = _by_target(steps, "read", "call"), _by_target(steps, "write", "call")
    raised = next((step for step in reversed(steps) if step.action == "raise"), None)
    for third, act in enumerate(steps):
        if raised and (act.thread, act.file, act.line) != (raised.thread, raised.file, raised.line):
            continue  # what matters is what the line that raised went on with
        if act.action not in (("write", "call", "read") if raised else ("write", "call")):
            continue
        first = _latest(looks[act.target], steps, third, by=act.thread)
        second = _latest(uses[act.target], steps, third, but=act.thread)
        if not 0 <= first < second:
            continue
        one, two, three = (story.at(number) for number in (first, second, third))
        if one < two < three:
            return (
                f"{act.thread} looked at {act.target} (step {one}), but before it went on with it "
                f"(step {three}), {steps[second].thread} changed it (step {two})."
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


def next_try(exploration: Exploration) -> str:
    """What to look at next: a question to the reader, not the answer."""
    failure = exploration.failure
    if failure is None:
        return ""
    match failure.outcome:
        case "finished" | "raised" if failure.preemptions:
            return "Where did another thread come in between? Which lines must stay together?"
        case "finished" if exploration.policy == "one thread":
            return "No other thread is needed: do by hand what the scenario does, and compare with the contract."
        case "finished" if not moments(failure):
            return "No step that others can see leads to this: go through the scenario's lines one after the other."
        case "finished":
            timed = " and the times" if any(moment.time for moment in moments(failure)) else ""
            return f"This needs no unlucky switch: follow the steps{timed}. Where do they leave what you meant?"
        case "raised" if exploration.policy == "one thread":
            return "No other thread is needed: with which values did it come to the line that raised?"
        case "raised":
            return "This needs no unlucky switch: follow the steps to the line that raised."
        case "deadlock":
            return _next_after_deadlock(failure)
        case "livelock":
            return "What does the loop wait for, and who could still make it come true?"
        case "leaked":
            return "Who waits for the end of each thread that was started?"
    return "Does the code depend on the real time, on random numbers, on ids or on state kept between runs?"


#: What to ask about a thread that waits for ever, by `Stuck.action`.
_WHO = {
    "get": "Who should have put one more item into {}?",
    "put": "Who should have taken an item from {}?",
    "items": "Who says task_done() for each item that was taken from {}?",
    "event": "Who should have set {}, and could that have come too early?",
    "permit": "Who should have released {}, on every way out?",
    "barrier": "How many threads does {} wait for, and how many come?",
    "result": "Which thread is left to do the work for {}?",
}


def _next_after_deadlock(failure: Execution) -> str:
    ring = cycle(failure)
    if len(ring) == 1:
        return f"Which line took the lock first, and how did {ring[0]} come to ask for it again?"
    joins = [stuck for stuck in failure.stuck if stuck.thread in ring and stuck.action == "join"]
    if joins:
        return f"Must {joins[0].thread} hold a lock while it waits for the end of {joins[0].target}?"
    if ring:
        return f"In which order does each of {_and(ring)} take its locks? Compare."
    ended = {stuck.thread for stuck in failure.stuck}
    for stuck in failure.stuck:
        if stuck.action in ("acquire", "__enter__") and stuck.holder not in ended:
            return f"Who should have released {lock_name(stuck.target) or 'the lock'}, on every way out?"
    asked = [_WHO[stuck.action].format(stuck.target or "it") for stuck in failure.stuck if stuck.action in _WHO]
    return asked[0] if asked else "Who should have woken the waiting thread, and could that have come too early?"


def _and(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def _cut(text: str, width: int = HEADLINE_VALUE) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
