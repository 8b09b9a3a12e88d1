"""The outcome table as bars: how many schedules gave what."""

from __future__ import annotations

from checker.drawing.sheet import Sheet
from checker.outcomes import Outcomes
from checker.style import BLUE, MUTED, VERMILION

MOST_BARS = 8
ALLOWED = {"facecolor": BLUE}
FORBIDDEN = {"facecolor": VERMILION, "hatch": "xxx"}


def draw_bars(sheet: Sheet, outcomes: Outcomes, left: float, top: float, right: float) -> float:
    """Draw the bars between `left` and `right`, forbidden outcomes first; return where they end below."""
    rows = sorted(outcomes.rows, key=lambda row: (row.allowed, -row.count))
    most = max((row.count for row in rows), default=1)
    sheet.text(left, top + 0.125, "Outcomes, by schedules run", bold=True)
    y = top + 0.32
    for row in rows[:MOST_BARS]:
        mark = "" if row.allowed else "  not allowed"
        room = right - left - sheet.measure(mark, 7.5)
        label = sheet.cut(row.label, room, 8)
        sheet.text(left, y + 0.09, label, size=8, mono=True)
        if mark:
            sheet.text(left + sheet.measure(label, 8, mono=True), y + 0.09, mark, size=7.5, color=VERMILION)
        count = f"{row.count:,}"
        longest = right - left - sheet.measure(count, 8) - 0.1
        width = max(0.04, longest * row.count / most)
        sheet.box(left, y + 0.2, width, 0.14, linewidth=0.6, **(ALLOWED if row.allowed else FORBIDDEN))
        sheet.text(left + width + 0.07, y + 0.27, count, size=8)
        y += 0.44
    if len(rows) > MOST_BARS:
        rest = sum(row.count for row in rows[MOST_BARS:])
        text = f"… {len(rows) - MOST_BARS} more outcomes in {rest:,} schedules"
        sheet.text(left, y + 0.08, text, size=7.5, color=MUTED)
        y += 0.2
    return y
