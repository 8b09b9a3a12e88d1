"""A traced execution as a reader follows it: a *moment* is one source line run without a switch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from checker.outcomes import Execution, Step

MAIN = "main"
#: Steps that tell a reader nothing which the others do not.
_SILENT = frozenset({"start", "join", "end", "loop", "return", "begin", "look", "clock", "tick"})
_TAKES = frozenset({"acquire", "timeout", "woken"})
#: What an unfinished thread that could go on is at.
RUNNABLE = frozenset({"run", "access", "begin", "release", "end", "try", "look", "clock"})


@dataclass(slots=True)
class Lane:
    """What a thread that is not running is at, beside a moment of another thread."""

    holds: tuple[str, ...] = ()  # labels of locks
    waits: str = ""  # label of what keeps it from going on


@dataclass(slots=True)
class Moment:
    """Consecutive steps of one thread on one source line."""

    number: int  # from 1
    first: int  # index of its first and its last step in the execution
    last: int
    thread: str
    line: int
    source: str
    effects: list[str]  # "reads 0", "takes lock a"
    time: float  # virtual seconds at its beginning
    preempts: bool  # the thread before it could have gone on
    lanes: dict[str, Lane] = field(default_factory=dict)  # every thread after this moment


def moments(execution: Execution) -> list[Moment]:
    """The execution's steps, merged and put in words.

    What the scenario's own thread did before any other thread moved is left out, as are steps that tell
    nothing.
    """
    steps = execution.steps
    begin = next((number for number, step in enumerate(steps) if step.thread != MAIN), 0)
    written = {step.target for step in steps[begin:] if step.action == "write"}
    told = [
        number
        for number in range(begin, len(steps))
        if steps[number].action not in _SILENT and (steps[number].target in written or not _finds(steps[number]))
    ]
    groups = [group for group in _grouped(steps, told) if _effects([steps[number] for number in group])]
    result = [_moment(number, group, steps) for number, group in enumerate(groups, 1)]
    _fill_lanes(execution, result)
    return result


def threads(execution: Execution) -> list[str]:
    """The threads that need a lane of their own: those that take part, and those that are stuck.

    The scenario's own thread needs none if it only waits for the others, or goes on when they are done.
    """
    told = moments(execution)
    seen = {moment.thread for moment in told}
    seen |= {stuck.thread for stuck in execution.stuck if (stuck.thread, stuck.action) != (MAIN, "join")}
    others = max((moment.number for moment in told if moment.thread != MAIN), default=0)
    if others and not execution.stuck and all(m.number > others for m in told if m.thread == MAIN):
        seen.discard(MAIN)
    return sorted(seen, key=lambda name: (name != MAIN, *_natural(name)))


def _natural(name: str) -> tuple[str, int]:
    """T2 before T10."""
    head = name.rstrip("0123456789")
    return head, int(name[len(head) :] or 0)


def _finds(step: Step) -> bool:
    """A read that only finds an object to do something with (`self._lock`), and not a value that matters."""
    plain = step.value in ("True", "False", "None", "nan", "inf") or not step.value.isidentifier()
    return step.action == "read" and not plain


def _grouped(steps: tuple[Step, ...], numbers: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in numbers:
        step, before = steps[number], steps[groups[-1][-1]] if groups else None
        if before and (before.thread, before.file, before.line) == (step.thread, step.file, step.line):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _moment(number: int, group: list[int], steps: tuple[Step, ...]) -> Moment:
    first = steps[group[0]]
    return Moment(
        number=number,
        first=group[0],
        last=group[-1],
        thread=first.thread,
        line=first.line,
        source=first.source or (f"in {first.function}" if first.function else "(in the library)"),
        effects=_effects([steps[number] for number in group]),
        time=first.time,
        preempts=first.preempted,
    )


# -- words --------------------------------------------------------------------------------------


def lock_name(label: str) -> str:
    """A lock's label as one says it: "Counter._lock", but "lock a"."""
    if label in ("Lock", "RLock"):
        return f"the {label}"
    known = any(
        word in ("cond", "sem") or word.endswith(("lock", "mutex", "condition", "semaphore", "queue", "barrier"))
        for word in re.split(r"[^a-z]+", label.lower())
    )
    return label if known or not label else f"lock {label}"


def _effects(group: list[Step]) -> list[str]:
    targets = {step.target for step in group if step.action in ("read", "write", "call")}
    source = group[0].source
    explicit = any(word in source for word in ("with ", "acquire", "release", "enter", "__exit__"))
    taken = {step.target for step in group if step.action == "acquire"}
    released = {step.target for step in group if step.action == "release"}
    passing = set() if explicit else taken & released  # a library call that locks and unlocks for itself
    words: list[str] = []
    for step in group:
        if step.target in passing and step.action in ("acquire", "release"):
            continue
        word = _effect(step, named=len(targets) > 1 or _last_part(step.target) not in source)
        if words and words[-1].startswith("takes ") and word == words[-1].replace("takes", "releases", 1):
            words[-1] = words[-1].replace("takes", "takes and releases", 1)
        elif word and (not words or words[-1] != word):
            words.append(word)
    return words


def _effect(step: Step, named: bool) -> str:
    target, value = _unnamed(step.target), step.value
    said = f"{target} = {value}" if named and target and value else value or target
    match step.action:
        case "read":
            return f"reads {said}"
        case "write":
            return f"writes {said}"
        case "call":
            return f"finds {said}" if value else f"uses {step.target}"
        case "acquire":
            return f"does not get {lock_name(target)}" if value == "False" else f"takes {lock_name(target)}"
        case "woken":
            return f"is woken by {target}" if target else "is woken"
        case "notify":
            return f"notifies {target}"
        case "timeout":
            return f"gives up waiting for {target}"
        case "release":
            return f"releases {lock_name(target)}"
        case "sleep":
            return f"sleeps {target or value}"
        case "put":
            return f"puts into {target}"
        case "get":
            return f"takes from {target}"
        case "raise":
            return f"raises {value or target}"
        case "start" | "join":
            return f"{step.action}s {target}"
        case _:
            return f"{step.action} {said}".strip()


def _unnamed(target: str) -> str:
    """A target without the type that stands for a name where there is none: "list" is no news to a reader."""
    return re.sub(r"^(list|dict|set|deque|defaultdict|cell|generator)(#\d+)?(?=$|[.\[])", "", target)


def _last_part(target: str) -> str:
    return target.rsplit(".", 1)[-1].split("[", 1)[0]


# -- who holds and who waits --------------------------------------------------------------------


def _fill_lanes(execution: Execution, told: list[Moment]) -> None:
    """Work out, for every moment, what each thread holds, and which threads cannot go on.

    A thread is before its next acquire from its last step on (what lies between is not visible to others), so
    it waits for as long as another thread holds that lock.
    """
    names = {step.thread for step in execution.steps} | {stuck.thread for stuck in execution.stuck}
    holds: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
    position = 0
    for moment, end in zip(told, [*(moment.first for moment in told[1:]), len(execution.steps)], strict=False):
        for step in execution.steps[position:end]:
            holds[step.thread] = step.holds
        position = end
        moment.lanes = {name: Lane(holds[name]) for name in names}
    for name in names:
        own = [number for number, moment in enumerate(told) if moment.thread == name]
        for last, following in zip([-1, *own], [*own, len(told)], strict=True):
            upcoming = told[following] if following < len(told) else None
            target, always = _wanted(execution, name, upcoming)
            for between in told[last + 1 : following]:
                held = any(target in lane.holds for other, lane in between.lanes.items() if other != name)
                if target and (held or always):
                    between.lanes[name].waits = target


def _wanted(execution: Execution, name: str, upcoming: Moment | None) -> tuple[str, bool]:
    """The lock that the thread's next moment takes, or what it is stuck at; and whether it waits anyway."""
    if upcoming is not None:
        steps = execution.steps[upcoming.first : upcoming.last + 1]
        return next((step.target for step in steps if step.action in _TAKES), ""), False
    for stuck in execution.stuck:
        if stuck.thread == name and stuck.action not in ("spin", *RUNNABLE):
            return stuck.target or stuck.action, not stuck.holder
    return "", False
