"""A traced execution as a reader follows it: a *moment* is one source line run without a switch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from checker.outcomes import NOTHING, RAISED, Execution, Step

MAIN = "main"
#: Steps that tell a reader nothing which the others do not.
_SILENT = frozenset({"start", "end", "loop", "return", "begin", "clock", "tick"})
_TAKES = frozenset({"acquire", "timeout"})
#: Steps after which a thread cannot go on until something happens.
_WAITS = frozenset({"wait", "await"})
#: What an unfinished thread that could go on is at.
RUNNABLE = frozenset({"run", "access", "begin", "release", "end", "try", "look", "clock"})


@dataclass(slots=True)
class Lane:
    """What a thread that is not running is at, beside a moment of another thread."""

    holds: tuple[str, ...] = ()  # labels of locks
    waits: str = ""  # what keeps it from going on, in words: "lock b", "an item from work"


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

    What the scenario's own thread did before it started another is left out, but for taking locks that it kept;
    so are steps that tell nothing, and what others did after an exception had ended it all.
    """
    steps = relevant(execution)
    begin = next((n for n, step in enumerate(steps) if step.thread != MAIN or step.action == "start"), 0)
    written = {step.target for step in steps[begin:] if step.action in ("write", "call")}
    told = _kept_locks(steps[:begin]) + [
        number
        for number in range(begin, len(steps))
        if not _silent(steps[number]) and (steps[number].target in written or not _finds(steps[number]))
    ]
    groups = [group for group in _grouped(steps, told) if _effects([steps[number] for number in group])]
    result = [_moment(number, group, steps) for number, group in enumerate(groups, 1)]
    _fill_lanes(execution, result)
    return result


def relevant(execution: Execution) -> tuple[Step, ...]:
    """The steps up to the exception that decided it: what others did after that is no part of the story."""
    steps = execution.steps
    if execution.outcome != RAISED:
        return steps
    return steps[: max((n + 1 for n, step in enumerate(steps) if step.action == "raise"), default=len(steps))]


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
    if any(moment.lanes[MAIN].holds for moment in told[:others] if MAIN in moment.lanes):
        seen.add(MAIN)
    return sorted(seen, key=lambda name: (name != MAIN, *_natural(name)))


def short_name(thread: str) -> str:
    """A thread's name for a narrow place: "Thread-1" for "Thread-1 (work)", "pool-0_1" for an executor's.

    >>> short_name("Thread-1 (work)"), short_name("ThreadPoolExecutor-0_1")
    ('Thread-1', 'pool-0_1')
    """
    return thread.split(" (")[0].replace("ThreadPoolExecutor-", "pool-")


def _natural(name: str) -> tuple[str, int]:
    """T2 before T10."""
    head = name.rstrip("0123456789")
    return head, int(name[len(head) :] or 0)


def _kept_locks(steps: tuple[Step, ...]) -> list[int]:
    """The steps before the beginning that took what is held when it comes."""
    holds = next((step.holds for step in reversed(steps) if step.thread == MAIN), ())
    taken = {step.target: number for number, step in enumerate(steps) if step.action == "acquire"}
    return sorted(taken[label] for label in holds if label in taken)


def _silent(step: Step) -> bool:
    if step.action == "cancel":  # an executor cancels what it has waited for
        return "FINISHED" in step.value
    return step.action in _SILENT or (step.action == "join" and step.value != "timeout")


def _finds(step: Step) -> bool:
    """A read that only finds an object to do something with (`self._lock`), and not a value that matters."""
    plain = step.value in ("True", "False", "None", "nan", "inf", NOTHING) or not step.value.isidentifier()
    return step.action == "read" and not plain


def _grouped(steps: tuple[Step, ...], numbers: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for number in numbers:
        step, before = steps[number], steps[groups[-1][-1]] if groups else None
        together = before and _line(before) == _line(step)
        if before and before.action in _WAITS and before.time != step.time:
            together = False
        if together and not _again(step, [steps[other] for other in groups[-1]]):
            groups[-1].append(number)
        else:
            groups.append([number])
    return groups


def _line(step: Step) -> tuple[str, str, int, str]:
    return step.thread, step.file, step.line, step.source


def _again(step: Step, group: list[Step]) -> bool:
    """Whether the line is run once more, in a loop."""
    if step.action in ("sleep", "timeout"):
        return any(one.action == step.action for one in group)
    accesses = ("read", "write", "call", "release")
    return step.action not in accesses and (step.action, step.target) in {(one.action, one.target) for one in group}


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


#: What a thread can wait for, by `Stuck.action` and the value of a step "await".
AWAITED = {
    "get": "an item from {}",
    "put": "room in {}",
    "items": "all items of {} to be reported done",
    "event": "{} to be set",
    "permit": "a permit of {}",
    "barrier": "the others at {}",
    "result": "the result of {}",
    "task": "a task of {}",
    "due": "its time to come",
    "wait": "a wake-up on {}",
}
_SOMETHING = {"get": "a queue", "put": "a queue", "result": "a future", "task": "a pool"}


def awaited_thing(kind: str, target: str) -> str:
    """What a thread waits for, in words: "an item from work"; "" if the kind is none of these."""
    if kind == "wait" and not target:
        return "a wake-up"
    if kind == "join":
        return f"the end of {target or 'a thread'}"
    return AWAITED[kind].format(target or _SOMETHING.get(kind, "it")) if kind in AWAITED else ""


def _effects(group: list[Step]) -> list[str]:
    targets = {step.target for step in group if step.action in ("read", "write", "call")}
    source = group[0].source
    words: list[str] = []
    shown = ""  # the value read last: a call on the same object need not show it again
    for step, following in zip(group, [*group[1:], None], strict=True):
        if step.action == "call" and step.value and step.value == shown:
            continue
        if step.action == "write" and following and following.action == "raise":  # it was only tried
            continue
        shown = step.value if step.action == "read" else ""
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
        case "read" | "call" if value == NOTHING:
            return f"finds no {target}"
        case "read":
            return f"reads {said}"
        case "write" if value == NOTHING:
            return f"deletes {target}"
        case "write":
            return f"writes {said}"
        case "call":
            return f"finds {said}" if value else f"uses {step.target}"
        case "acquire":
            return f"does not get {lock_name(target)}" if value == "False" else f"takes {lock_name(target)}"
        case "release":
            return f"releases {lock_name(target)}"
        case "timeout":
            return f"gives up waiting for {lock_name(target)}"
        case "join":
            return f"gives up waiting for the end of {target}"
        case "sleep":
            return f"has slept {target or value}"
        case "raise":
            return f"raises {value or target}"
    return _library_effect(step) or f"{step.action} {said}".strip()


def _library_effect(step: Step) -> str:
    """What a call of a condition, an event, a queue and so on did."""
    target, value = step.target, step.value
    failed = value.startswith("raises ")
    match step.action:
        case "wait":
            return f"releases {target} and waits for a wake-up"
        case "await":
            return f"waits for {awaited_thing(value, target)}"
        case "woken":
            return "is woken"
        case "notify":
            count = {"": "", "0": ": nobody waits", "1": ": wakes one thread"}.get(value, f": wakes {value} threads")
            return f"notifies {target}{count}"
        case "put":
            if failed:
                return f"finds no room in {target}" if value == "raises Full" else f"cannot put into {target}"
            return f"puts {value} into {target}".replace("  ", " ")
        case "get":
            return f"finds no item in {target}" if failed else f"takes {value} from {target}".replace("  ", " ")
        case "size":
            return f"finds {target} empty" if value == "0" else f"finds {value} item{'s' * (value != '1')} in {target}"
        case "task_done":
            return f"reports an item of {target} done"
        case "all_done":
            return f"goes on: all items of {target} are done"
        case "cancel" if "RUNNING" in value:
            return f"cannot cancel {target}: it has begun"
        case "set" | "clear" | "cancel" | "reset":
            return f"{step.action}s {target}"
        case "look":
            return f"finds {target} {'set' if value == 'True' else 'not set'}"
        case "pass":
            return f"goes on: {target} is set" if value == "True" else f"gives up waiting for {target}"
        case "permit":
            return f"gets no permit of {target}" if value == "None" else f"takes a permit of {target} ({value} left)"
        case "give_back":
            return f"gives back a permit of {target} ({'one too many' if failed else f'{value} left'})"
        case "cross":
            return f"finds {target} broken" if failed else f"passes {target}"
        case "abort":
            return f"breaks {target}"
        case "due":
            return "is cancelled" if value == "True" else "its time has come"
        case "result":
            return f"gets no result from {target}" if failed else f"gets {value} from {target}"
        case "fail":
            return f"gives {target} the error {value}"
        case "answer":
            return f"cannot give {target} a result again" if failed else f"gives {target} its result {value}"
        case "submit":
            return f"hands a task to {target}"
    return ""


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
    steps = execution.steps
    names = {step.thread for step in steps} | {stuck.thread for stuck in execution.stuck}
    holds: dict[str, tuple[str, ...]] = dict.fromkeys(names, ())
    position = 0
    for moment, end in zip(told, [*(moment.first for moment in told[1:]), len(steps)], strict=False):
        for step in steps[position:end]:
            holds[step.thread] = step.holds
        position = end
        moment.lanes = {name: Lane(holds[name]) for name in names}
    for name in names:
        own = [number for number, moment in enumerate(told) if moment.thread == name]
        for last, following in zip([-1, *own], [*own, len(told)], strict=True):
            upcoming = told[following] if following < len(told) else None
            waits = ""
            if last >= 0 and (before := steps[told[last].last]).action in _WAITS:
                waits = awaited_thing(before.value if before.action == "await" else "wait", before.target)
            lock, always = ("", "") if waits else _wanted(execution, name, upcoming)
            for between in told[last + 1 : following]:
                if waits or always or (lock and any(lock in lane.holds for lane in _others(between, name))):
                    between.lanes[name].waits = waits or _joins(steps, name, between, always) or lock_name(lock)


def _joins(steps: tuple[Step, ...], name: str, moment: Moment, at_last: str) -> str:
    """What the thread waits for at this moment, which waits `at_last` for another's end: maybe for an earlier one's."""
    if not at_last.startswith("the end of "):
        return at_last
    later = (step for step in steps[moment.last + 1 :] if step.thread == name and not step.value)
    return next((awaited_thing("join", step.target) for step in later if step.action == "join"), at_last)


def _others(moment: Moment, name: str) -> list[Lane]:
    return [lane for other, lane in moment.lanes.items() if other != name]


def _wanted(execution: Execution, name: str, upcoming: Moment | None) -> tuple[str, str]:
    """The lock that the thread's next moment waits for; what it waits for whoever holds it, in words."""
    if upcoming is not None:
        first = execution.steps[upcoming.first]
        waits = first.action in _TAKES and not (first.action == "acquire" and first.value == "False")
        return first.target if waits else "", ""
    for stuck in execution.stuck:
        if stuck.thread == name and stuck.action not in ("spin", *RUNNABLE):
            if thing := awaited_thing(stuck.action, stuck.target):
                return "", thing
            return stuck.target, "" if stuck.holder else lock_name(stuck.target)
    return "", ""
