"""The wait-for graph of a deadlock: an arrow from each stuck thread to the one it waits for."""

from __future__ import annotations

import math

from checker.drawing.sheet import Sheet
from checker.outcomes import Execution
from checker.style import BLUE, INK, MUTED, PAPER
from checker.telling.moments import awaited_thing, lock_name, short_name
from checker.telling.reasons import awaits
from checker.telling.text import unfinished

RADIUS, WIDER = 0.25, 0.33  # of a thread's circle, in inches; with a name that needs room
MOST_THREADS = 6
SMALL = 7.5  # points

Point = tuple[float, float]


def draw_wait_for(sheet: Sheet, failure: Execution, left: float, top: float, right: float) -> float:
    """Draw the graph between `left` and `right`; return where it ends below.

    Two threads stand side by side, more in a ring. What each waits for is listed below the graph.
    """
    stuck = unfinished(failure)[:MOST_THREADS]
    names = list(dict.fromkeys([one.thread for one in stuck] + [awaits(one) for one in stuck if awaits(one)]))
    sheet.text(left, top + 0.125, "Who waits for whom", bold=True)
    widest = max((sheet.measure(short_name(name), 8.5, bold=True) for name in names), default=0.0)
    radius = RADIUS if widest <= 2 * RADIUS - 0.06 else WIDER
    places, bottom = _places(names, (left + right) / 2, top + 0.35, radius)
    for one in stuck:
        start, end = places[one.thread], places.get(awaits(one))
        if end == start:
            sheet.arrow(_rim(start, math.radians(-40), radius), _rim(start, math.radians(40), radius), -1.6)
        elif end:
            angle = math.atan2(end[1] - start[1], end[0] - start[0])
            tilt = math.radians(32) if len(names) == 2 else math.radians(10)
            bend = -0.35 if len(names) == 2 else -0.12
            sheet.arrow(_rim(start, angle - tilt, radius), _rim(end, angle + math.pi + tilt, radius), bend)
    for name, (x, y) in places.items():
        circle = {"markersize": 2 * radius * 72, "markeredgecolor": BLUE, "markeredgewidth": 2}
        sheet.line([x], [y], marker="o", color=PAPER, zorder=5, **circle)
        wide = sheet.measure(short_name(name), 8.5, bold=True) > 2 * radius - 0.06
        size = SMALL - 0.5 if wide else 8.5
        label = sheet.cut(short_name(name), 2 * radius - 0.06, size, mono=False, bold=True, front=True)
        sheet.text(x, y, label, size=size, bold=True, align="center")
    y = bottom + 0.2
    for one in stuck:
        holder = "itself" if one.holder == one.thread else awaits(one) or "nobody"
        wanted = "its end" if one.action == "join" else awaited_thing(one.action, one.target) or lock_name(one.target)
        ends = [sheet.cut(short_name(name), 0.7, SMALL, mono=False, front=True) for name in (one.thread, holder)]
        head = f"{ends[0]} → {ends[1]}:  "
        sheet.text(left, y, head, size=SMALL, color=INK if awaits(one) else MUTED)
        at = left + sheet.measure(head, SMALL)
        sheet.text(at, y, sheet.cut(wanted, right - at, SMALL), size=SMALL, mono=True)
        y += 0.17
    return y


def _places(names: list[str], middle: float, top: float, radius: float) -> tuple[dict[str, Point], float]:
    """Where each thread stands, and where the graph ends below."""
    if len(names) == 1:
        return {names[0]: (middle - 0.2, top + radius)}, top + 2 * radius
    if len(names) == 2:
        y = top + radius + 0.08
        return {names[0]: (middle - 0.65, y), names[1]: (middle + 0.65, y)}, y + radius + 0.08
    reach = 0.42 + 0.09 * len(names)
    centre = top + radius + reach
    angles = [2 * math.pi * number / len(names) - math.pi / 2 for number in range(len(names))]
    places = {
        name: (middle + 1.15 * reach * math.cos(angle), centre + reach * math.sin(angle))
        for name, angle in zip(names, angles, strict=True)
    }
    return places, max(y for _, y in places.values()) + radius


def _rim(place: Point, angle: float, radius: float) -> Point:
    """The point on a thread's circle, a little outside, in the given direction (radians; y points down)."""
    reach = radius + 0.03
    return place[0] + reach * math.cos(angle), place[1] + reach * math.sin(angle)
