"""The lanes: a row per moment, a lane per thread, the source line and its effect beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checker.drawing.sheet import Sheet
from checker.outcomes import DEADLOCK, LEAKED, LIVELOCK, Execution
from checker.style import BLUE, GRID, INK, MUTED, ORANGE, PAPER, VERMILION
from checker.telling.moments import RUNNABLE, Lane, Moment, moments, short_name, threads
from checker.telling.reasons import doing
from checker.telling.text import Gap, mentioned, seconds, shown, unfinished

ROW = 0.25  # inches
MOST_ROWS, MOST_STUCK = 26, 4
SIZE, SMALLER = 8.5, 7.5

RUNS = {"facecolor": BLUE}
HOLDS = {"facecolor": ORANGE, "hatch": "////"}
WAITS = {"facecolor": PAPER, "edgecolor": VERMILION, "hatch": "xxxx"}


@dataclass(frozen=True, slots=True)
class _Row:
    number: str
    time: float | None
    thread: str  # who runs; "" if nobody
    lanes: dict[str, Lane]
    source: str
    effect: str
    preempts: bool = False
    joined: bool = True  # follows directly on the row above
    running: frozenset[str] = frozenset()  # at the end: who would run on


def draw_lanes(sheet: Sheet, failure: Execution, left: float, top: float, right: float) -> float:
    """Draw the failing schedule between `left` and `right`; return where it ends below."""
    rows = [*_moment_rows(failure), *_end_rows(failure)]
    if not rows:
        return top
    names = threads(failure)
    timed = any(row.time for row in rows)
    number_at = left + 0.28
    first = number_at + (0.62 if timed else 0.12)
    wanted = max(0.4, *(sheet.measure(short_name(name), SIZE, bold=True) + 0.12 for name in names))
    width = min(0.75, wanted, (right - first) / 2 / len(names))
    centres = {name: first + width * (place + 0.5) for place, name in enumerate(names)}
    words = first + width * len(names) + 0.15

    for name, x in centres.items():
        label, size = short_name(name), SIZE
        if sheet.measure(label, size, bold=True) > width - 0.04:
            size = SMALLER
            label = sheet.cut(label, width - 0.04, size, mono=False, bold=True, front=True)
        sheet.text(x, top + ROW / 2, label, size=size, bold=True, align="center")
    start = top + ROW
    for name, x in centres.items():
        sheet.line([x, x], [start, start + ROW * len(rows)], color=GRID, linewidth=1.2, zorder=1)
        _draw_lane(sheet, rows, name, x, start, min(0.34, 0.85 * width))
    clock = -1.0
    for place, row in enumerate(rows):
        middle = start + ROW * (place + 0.5)
        sheet.text(number_at, middle, row.number, color=MUTED, align="right")
        if timed and row.time is not None and row.time != clock:
            clock = row.time
            sheet.text(number_at + 0.5, middle, seconds(clock), size=7.5, color=MUTED, align="right")
        _words(sheet, row, words, middle, right)
    preempted = False
    for place, (before, row) in enumerate(zip(rows, rows[1:], strict=False), 1):
        old, new = centres.get(before.thread), centres.get(row.thread)
        if row.joined and old and new and old != new:
            _switch(sheet, old, new, start + ROW * place, row.preempts)
            preempted = preempted or row.preempts
    return _legend(sheet, left, start + ROW * len(rows) + 0.1, preempted)


def _moment_rows(failure: Execution) -> Iterator[_Row]:
    told, names = moments(failure), threads(failure)
    joined = True
    for moment in shown(told, MOST_ROWS, mentioned(failure)):
        if isinstance(moment, Gap):
            joined = False
            yield _Row("⋮", None, "", {}, "", str(moment))
            continue
        yield _Row(
            str(moment.number), moment.time, moment.thread, moment.lanes, _source(moment, names),
            "→ " + ", ".join(moment.effects), moment.preempts, joined,
        )  # fmt: skip
        joined = True


def _source(moment: Moment, names: list[str]) -> str:
    return moment.source if moment.thread in names else f"{moment.thread}: {moment.source}"


def _end_rows(failure: Execution) -> Iterator[_Row]:
    """Where the threads are at the end, a row each; all of them wait, or run on, in all of these rows."""
    if failure.outcome not in (DEADLOCK, LIVELOCK, LEAKED):
        return
    stuck = unfinished(failure)
    ready = frozenset(one.thread for one in stuck if one.action in ("spin", *RUNNABLE))
    running = ready - {one.thread for one in stuck if one.action == "begin"}
    lanes = {one.thread: Lane(one.holds, "" if one.thread in ready else one.target or one.action) for one in stuck}
    for one in stuck[:MOST_STUCK]:
        where = f"{short_name(one.thread)}: {one.source}".removesuffix(": ")
        yield _Row("", None, "", lanes, where, doing(one), running=running)


def _draw_lane(sheet: Sheet, rows: list[_Row], name: str, x: float, top: float, width: float) -> None:
    """One thread's lane: long boxes for holding and for waiting, a box in each row in which it runs."""
    lanes = [row.lanes.get(name, Lane()) for row in rows]
    waiting = [bool(lane.waits) and row.thread != name for lane, row in zip(lanes, rows, strict=True)]
    for begin, end in _runs([bool(lane.holds) for lane in lanes]):
        sheet.box(x - width / 2, top + ROW * begin, width, ROW * (end - begin), linewidth=0.6, **HOLDS)
    inset = 0.05
    for begin, end in _runs(waiting):
        height = ROW * (end - begin) - 0.07
        sheet.box(x - width / 2 + inset, top + ROW * begin + 0.035, width - 2 * inset, height, **WAITS)
    for place, row in enumerate(rows):
        if row.thread == name or name in row.running:
            y = top + ROW * place + 0.035
            sheet.box(x - width / 2 + inset, y, width - 2 * inset, ROW - 0.07, linewidth=0.6, **RUNS)


def _runs(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """The stretches of true flags, as (first, one after the last)."""
    begin = None
    for place, flag in enumerate([*flags, False]):
        if flag and begin is None:
            begin = place
        elif not flag and begin is not None:
            yield begin, place
            begin = None


def _words(sheet: Sheet, row: _Row, x: float, y: float, right: float) -> None:
    """The source line, then what it did, which stays readable where the line must be cut."""
    room = right - x
    effect = row.effect if row.effect != "→ " else ""
    wanted = sheet.measure(effect, SIZE - 0.5) + 0.14 if effect else 0.0
    source = sheet.cut(row.source, max(room - wanted, 0.4 * room), SIZE)
    sheet.text(x, y, source, mono=True)
    at = x + (sheet.measure(source, SIZE, mono=True) + 0.12 if source else 0.0)
    if effect:
        text = sheet.cut(effect, right - at, SIZE - 0.5, mono=False)
        sheet.text(at, y, text, size=SIZE - 0.5, color=MUTED, italic=not row.thread)


def _switch(sheet: Sheet, old: float, new: float, y: float, preempts: bool) -> None:
    """A line from the thread that stopped to the one that goes on; a diamond where the old one was preempted."""
    look = {"color": VERMILION, "linestyle": (0, (3, 1.5)), "linewidth": 1.5} if preempts else {"color": MUTED}
    sheet.line([old, new], [y, y], zorder=4, **look)
    if preempts:
        mark = {"marker": "D", "markersize": 5, "markeredgecolor": INK, "markeredgewidth": 0.6}
        sheet.line([old], [y], color=VERMILION, zorder=5, **mark)


def _legend(sheet: Sheet, left: float, y: float, preempted: bool) -> float:
    x = left + 0.1
    for label, look in (("runs", RUNS), ("holds a lock", HOLDS), ("waits", WAITS)):
        sheet.box(x, y + 0.03, 0.26, 0.14, linewidth=0.6, **look)
        sheet.text(x + 0.33, y + 0.1, label, size=7.5, color=MUTED)
        x += 0.33 + sheet.measure(label, 7.5) + 0.25
    if preempted:
        _switch(sheet, x + 0.05, x + 0.3, y + 0.1, True)
        sheet.text(x + 0.38, y + 0.1, "switched away although it could have gone on", size=7.5, color=MUTED)
    return y + 0.25
