"""A verdict as plain text: at most about thirty lines of at most `WIDTH` characters, no control codes."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from checker.outcomes import DEADLOCK, FINISHED, LEAKED, LIVELOCK, Execution, Exploration, Stuck, same
from checker.telling.moments import MAIN, RUNNABLE, Moment, lock_name, moments, short_name, threads
from checker.telling.reasons import ANYTHING_ALLOWED, HEADLINE_VALUE, doing, headline, next_try, why

WIDTH, LINES = 100, 30
#: Most rows of the outcome table, of the list of stuck threads, and of printed output.
MOST_OUTCOMES, MOST_STUCK, MOST_OUTPUT = 5, 4, 2
#: The schedule gets the lines that are left, but at least so many moments.
FEWEST_MOMENTS = 6
#: Of an expectation shorter than this a reader sees at once where it differs.
SHORT_VALUE = 12
#: Characters of "Expected: ".
_NAMES = 10
#: The longest round of moments that is noticed to repeat.
LONGEST_ROUND = 8
#: Fewest characters of a source line in a column; where they do not fit, columns hold marks instead.
FEWEST_SOURCE = 12


def tell(exploration: Exploration) -> str:
    """The whole verdict."""
    failure = exploration.failure
    before = [[headline(exploration), *_wrapped(sentence(exploration.claim))]]
    if len(exploration.outcomes) > 1:
        before.append(outcome_lines(exploration))
    if failure is None:
        return _joined(before)
    after = [
        difference_lines(exploration),
        end_lines(failure),
        _output(failure),
        _wrapped(next_try(exploration), "Next: "),
    ]
    if failure.schedule:
        after.append([f"Replay: explore({exploration.name}, replay={failure.schedule!r})"])
    used = _joined([*before, *after]).count("\n") + 1
    return _joined([*before, schedule_lines(failure, max(FEWEST_MOMENTS, LINES - used - 4)), *after])


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts if part)


def outcome_lines(exploration: Exploration) -> list[str]:
    """The outcome table, forbidden outcomes first, then the most frequent."""
    rows = sorted(exploration.outcomes.rows, key=lambda row: (row.allowed, -row.count))
    counts = [f"{row.count:,}" for row in rows]
    width = max(len("schedules"), *map(len, counts))
    lines = [f"{'schedules':>{width}}  outcome"]
    for row, count in zip(rows[:MOST_OUTCOMES], counts, strict=False):
        mark = "" if row.allowed else "   ← not allowed"
        lines.append(f"{count:>{width}}  {_cut(row.label, WIDTH - width - 2 - len(mark))}{mark}")
    if len(rows) > MOST_OUTCOMES:
        rest = sum(row.count for row in rows[MOST_OUTCOMES:])
        lines.append(f"{rest:>{width},}  in {len(rows) - MOST_OUTCOMES} more outcomes")
    return lines


def schedule_lines(failure: Execution, most: int) -> list[str]:
    """The failing schedule: threads side by side, one row per moment, cut in the middle if long."""
    told = moments(failure)
    if not told:
        return []
    names = threads(failure)
    timed = any(moment.time for moment in told)
    numbers = len(str(len(told)))
    room = WIDTH - numbers - 3 - (10 if timed else 0)
    header, rows = _columns(told, names, room) or _marks(told, names, room)
    texts = {moment.number: row for moment, row in zip(told, rows, strict=True)}
    lines = [" " * (numbers + 2) + (f"{'time':>8}  " if timed else "") + header]
    clock = -1.0
    for row in shown(told, most, mentioned(failure)):
        if isinstance(row, Gap):
            lines.append(f"{'⋮':>{numbers}}  {row}")
            continue
        time = "" if not timed else " " * 10 if row.time == clock else f"{seconds(row.time):>8}  "
        clock = row.time
        lines.append(f"{row.number:>{numbers}}  {time}{texts[row.number]}".rstrip())
    return lines


def mentioned(failure: Execution) -> set[int]:
    """The moments that the explanation speaks of."""
    return {int(number) for number in re.findall(r"step (\d+)", why(failure))}


def seconds(time: float) -> str:
    """A virtual time as it is shown, in at most eight characters if it is below a day.

    >>> seconds(0.5), seconds(0.0671821), seconds(19053.84)
    ('0.5 s', '0.067 s', '19054 s')
    """
    text = f"{time:g}"
    return (text if len(text) <= 6 else f"{time:.3f}" if time < 100 else f"{time:.0f}") + " s"


@dataclass(frozen=True, slots=True)
class Gap:
    """Moments that are not shown."""

    count: int
    alike: bool = False  # they repeat the ones before

    def __str__(self) -> str:
        return f"{self.count:,} more steps" + (", the same again and again" if self.alike else "")


def shown(told: list[Moment], most: int, needed: set[int]) -> list[Moment | Gap]:
    """At most `most` moments, those needed and then the outermost, and what is left out between them.

    Of moments that repeat to the end two rounds are shown.
    """
    end = max(_repeating(told), *needed, 0) if told else 0
    head = told[:end]

    def rank(moment: Moment) -> tuple[bool, int]:
        return moment.number not in needed, min(moment.number, len(head) - moment.number + 1)

    result: list[Moment | Gap] = []
    before = 0
    for moment in sorted(sorted(head, key=rank)[:most], key=lambda moment: moment.number):
        left_out = moment.number - before - 1
        if left_out == 1:
            result.append(told[before])  # a line that says so would be no shorter
        elif left_out:
            result.append(Gap(left_out))
        before = moment.number
        result.append(moment)
    return [*result, Gap(len(told) - end, alike=True)] if end < len(told) else result


def _repeating(told: list[Moment]) -> int:
    """How many moments there are up to two rounds of what repeats to the end; all of them if nothing does."""
    kinds = [(moment.thread, moment.line, tuple(moment.effects)) for moment in told]
    for period in range(1, LONGEST_ROUND + 1):
        begin = len(kinds)
        while begin > period and kinds[begin - 1] == kinds[begin - 1 - period]:
            begin -= 1
        if len(kinds) - begin >= 4 * period:
            return begin + period
    return len(told)


def _columns(told: list[Moment], names: list[str], room: int) -> tuple[str, list[str]] | None:
    """One column per thread: its source line and what it did; what it holds or waits for, while others run.

    None if there are several and they would be too narrow.
    """
    cells = [[_cell(moment, name) for name in names] for moment in told]
    columns = zip(*cells, strict=True)
    needed = [max(len(source) + len(effect) for source, effect in column) for column in columns]
    widths = _shared([max(len(name), need) for name, need in zip(names, needed, strict=True)], room, 3)
    fewest = [
        max(min(len(source), FEWEST_SOURCE) + len(effect) for source, effect in column)
        for column in zip(*cells, strict=True)
    ]
    if len(names) > 1 and any(few > width for few, width in zip(fewest, widths, strict=True)):
        return None
    header = " │ ".join(f"{name:<{width}}" for name, width in zip(names, widths, strict=True)).rstrip()
    rows = [
        " │ ".join(_fit(source, effect, width) for (source, effect), width in zip(row, widths, strict=True))
        if moment.thread in names
        else _fit(f"{moment.thread}: {moment.source}", _effects(moment), room)
        for moment, row in zip(told, cells, strict=True)
    ]
    return header, rows


def _shared(needed: list[int], room: int, gap: int) -> list[int]:
    """Column widths within `room`: what each needs if possible; the widest give way first."""
    left = room - gap * (len(needed) - 1)
    widths = dict.fromkeys(range(len(needed)), 0)
    for done, number in enumerate(sorted(widths, key=needed.__getitem__)):
        widths[number] = min(needed[number], left // (len(needed) - done))
        left -= widths[number]
    return list(widths.values())


def _cell(moment: Moment, name: str) -> tuple[str, str]:
    if name == moment.thread:
        return moment.source, _effects(moment)
    return "", beside(moment, name)


def beside(moment: Moment, name: str) -> str:
    """What a thread that is not running is at: "(waits for lock b)", "(holds lock a)", or ""."""
    lane = moment.lanes.get(name)
    if lane is None:
        return ""
    if lane.waits:
        return f"(waits for {lane.waits})"
    return f"(holds {', '.join(lock_name(label) for label in lane.holds)})" if lane.holds else ""


def _effects(moment: Moment) -> str:
    return "  → " + ", ".join(moment.effects) if moment.effects else ""


def _fit(source: str, effect: str, width: int) -> str:
    """Source and effect in `width` characters; the source gives way first."""
    if len(source) + len(effect) > width:
        room = max(width - len(effect), min(len(source), FEWEST_SOURCE))
        source = _cut(source, room)
        effect = _cut(effect, width - len(source))
    return f"{source}{effect}".ljust(width)


def _marks(told: list[Moment], names: list[str], room: int) -> tuple[str, list[str]]:
    """A narrow column per thread with a mark where it runs; source and effect to the right of all."""
    labels = [short_name(name) for name in names]
    widths = [max(2, min(10, len(label))) for label in labels]
    heads = [
        label if len(label) <= width else "…" + label[1 - width :] for label, width in zip(labels, widths, strict=True)
    ]
    header = " ".join(f"{head:<{width}}" for head, width in zip(heads, widths, strict=True))
    rest = room - sum(widths) - len(widths) - 1
    rows = []
    for moment in told:
        marks = []
        for name, width in zip(names, widths, strict=True):
            lane = moment.lanes.get(name)
            mark = "●" if name == moment.thread else "×" if lane and lane.waits else "│" if lane and lane.holds else ""
            marks.append(f"{mark:<{width}}")
        source = moment.source if moment.thread in names else f"{moment.thread}: {moment.source}"
        rows.append(" ".join(marks) + "  " + _fit(source, _effects(moment), rest))
    return f"{header}  (● runs, │ holds a lock, × waits)", rows


def difference_lines(exploration: Exploration) -> list[str]:
    """What came and what was expected, where the headline had to cut them, and where they differ; else nothing."""
    failure = exploration.failure
    if failure is None or failure.outcome != FINISHED:
        return []
    gave, expected = repr(failure.observation), exploration.expected
    where = _different(failure.observation, expected)
    pairs = [("Differs:", where)] if where else []
    if max(len(gave), len(expected)) > HEADLINE_VALUE:
        wanted = [("Expected:", expected)] if expected and expected != ANYTHING_ALLOWED else []
        pairs = [("It gave:", gave), *wanted, *pairs]
    return [
        line
        for name, value in pairs
        for line in textwrap.wrap(
            f"{name:<{_NAMES}}{value}", WIDTH, subsequent_indent=" " * _NAMES, max_lines=2, placeholder=" …"
        )
    ]


def _different(gave: Any, text: str) -> str:
    """Where a list, tuple or dict differs from the expected one: "[2] is 6, expected 0"; "" if not at one place."""
    try:
        expected = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""  # a predicate's name, or too long
    path = ""
    while type(gave) is type(expected) and isinstance(gave, (list, tuple, dict)) and len(gave) == len(expected) > 1:
        if isinstance(gave, dict):
            if gave.keys() != expected.keys():
                return ""
            places = [key for key in gave if not same(gave[key], expected[key])]
        else:
            places = [place for place, part in enumerate(gave) if not same(part, expected[place])]
        if len(places) != 1:
            return ""
        path += f"[{places[0]!r}]"
        gave, expected = gave[places[0]], expected[places[0]]
    if not path or (path.count("[") == 1 and len(text) < SHORT_VALUE):
        return ""
    return f"{path} is {_cut(repr(gave), 40)}, expected {_cut(repr(expected), 40)}"


def end_lines(failure: Execution) -> list[str]:
    """How it ended: why a value is wrong, or where each thread is stuck, or what was raised."""
    if failure.outcome in (DEADLOCK, LIVELOCK, LEAKED):
        lines = stuck_lines(failure)
        head = _wrapped(f"At the end ({failure.note}):" if failure.note else "At the end:")
        reason = _wrapped(why(failure))
        return [*head, *lines, *([""] if reason else []), *reason] if lines else reason
    if failure.outcome == FINISHED:
        return _wrapped(why(failure))
    return _wrapped(why(failure)) if failure.error else _wrapped(sentence(failure.note))


def stuck_lines(failure: Execution) -> list[str]:
    """Each thread that had not ended: what it waits for, at which line, and what it holds itself."""
    stuck = unfinished(failure)
    lines = []
    for one in stuck[:MOST_STUCK]:
        where = f" (line {one.line}: {one.source})" if one.line else ""
        lines += textwrap.wrap(
            f"  {state(one)}{where}", WIDTH, subsequent_indent="      ", max_lines=2, placeholder="…"
        )
    if len(stuck) > MOST_STUCK:
        lines.append(f"  … and {len(stuck) - MOST_STUCK} more threads")
    return lines


def unfinished(failure: Execution) -> list[Stuck]:
    """The threads that had not ended, without the scenario's own if it is not to blame."""
    others = [one for one in failure.stuck if one.thread != MAIN]
    needed = {one.holder for one in others}
    main = [
        one for one in failure.stuck if one.thread == MAIN and (one.action not in ("join", *RUNNABLE) or MAIN in needed)
    ]
    return main + others or list(failure.stuck)


def state(stuck: Stuck) -> str:
    """What a stuck thread holds and waits for: "T1 holds lock a and waits for lock b, which T2 holds"."""
    known = stuck.holder == stuck.thread and stuck.holds == (stuck.target,)
    holds = f" holds {', '.join(map(lock_name, stuck.holds))} and" if stuck.holds and not known else ""
    return f"{stuck.thread}{holds} {doing(stuck)}"


def sentence(text: str) -> str:
    """Begun with a capital and ended with a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".") if text else ""


def _output(failure: Execution) -> list[str]:
    printed = failure.output.strip().splitlines()
    more = [f"  … {len(printed) - MOST_OUTPUT} more lines"] if len(printed) > MOST_OUTPUT else []
    return ["It printed:", *(f"  {_cut(line, WIDTH - 2)}" for line in printed[:MOST_OUTPUT]), *more] if printed else []


def _wrapped(text: str, before: str = "") -> list[str]:
    return textwrap.wrap(before + text, WIDTH, subsequent_indent=" " * len(before)) if text else []


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
