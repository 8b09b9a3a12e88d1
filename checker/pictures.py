"""Pictures of a verdict: the failing schedule in lanes, who waits for whom, how often each outcome came.

Drawn without pyplot, on a white ground of their own, so that they look the same in light and dark themes, in
feedback and on paper. What colours say is said by hatches as well.
"""

from __future__ import annotations

import matplotlib
from matplotlib.figure import Figure

from checker.drawing import sheet as sheets
from checker.drawing.bars import draw_bars
from checker.drawing.lanes import draw_lanes
from checker.drawing.sheet import Sheet
from checker.drawing.waitfor import draw_wait_for
from checker.outcomes import DEADLOCK, Exploration
from checker.style import MUTED, SETTINGS
from checker.telling.moments import Moment, moments
from checker.telling.reasons import headline, why
from checker.telling.text import Gap, mentioned, sentence, shown, state, unfinished

WIDTH, MARGIN, SIDE = 9.6, 0.2, 2.5  # inches: of the sheet, around it, of the column at its right
TITLE, CLAIM = 11.0, 8.5  # points
MOST_TOLD = 12  # moments in the alternative text


def figure(exploration: Exploration) -> Figure:
    """The whole picture: lanes at the left; wait-for graph and outcome bars at the right."""
    with matplotlib.rc_context(SETTINGS):
        return _figure(exploration)


def _figure(exploration: Exploration) -> Figure:
    sheet = Sheet(WIDTH)
    failure = exploration.failure
    y = MARGIN
    for line in sheet.wrapped(headline(exploration), WIDTH - 2 * MARGIN, TITLE, bold=True, most=3):
        sheet.text(MARGIN, y, line, size=TITLE, bold=True, middle=False)
        y += 0.22
    for line in sheet.wrapped(sentence(exploration.claim), WIDTH - 2 * MARGIN, CLAIM, most=2):
        sheet.text(MARGIN, y + 0.02, line, size=CLAIM, color=MUTED, middle=False)
        y += 0.17
    top = y + 0.15

    told = bool(failure and (moments(failure) or failure.stuck))
    left = WIDTH - MARGIN - SIDE if told else MARGIN
    right = left + SIDE if told else min(WIDTH - MARGIN, left + 2 * SIDE)
    below = aside = top
    if failure and told:
        below = draw_lanes(sheet, failure, MARGIN, top, left - 0.25)
    if failure and failure.outcome == DEADLOCK and failure.stuck:
        aside = draw_wait_for(sheet, failure, left, aside, right) + 0.15
    if exploration.outcomes.rows:
        aside = draw_bars(sheet, exploration.outcomes, left, aside, right)
    return sheet.finish(max(below, aside) + MARGIN / 2)


def png(exploration: Exploration) -> bytes:
    """The picture as a PNG file."""
    return sheets.png(figure(exploration))


def alt_text(exploration: Exploration) -> str:
    """The story of the picture in sentences, for those who do not see it."""
    failure = exploration.failure
    told = [headline(exploration)[2:], exploration.claim]
    rows = sorted(exploration.outcomes.rows, key=lambda row: (row.allowed, -row.count))
    if len(rows) > 1:
        counts = [f"{row.label} {row.count:,} times{'' if row.allowed else ' (not allowed)'}" for row in rows[:5]]
        told.append("Outcomes: " + ", ".join(counts) + (", and others" if len(rows) > 5 else ""))
    if failure:
        steps = moments(failure)
        parts = shown(steps, MOST_TOLD, mentioned(failure))
        told += [f"{part} are not told here" if isinstance(part, Gap) else _in_words(part) for part in parts]
        told += [state(one) for one in unfinished(failure)[:6]]
        told.append(why(failure))
    return " ".join(sentence(part) for part in told if part)


def _in_words(moment: Moment) -> str:
    effects = f" and {', '.join(moment.effects)}" if moment.effects else ""
    return f"Step {moment.number}: {moment.thread} runs {moment.source}{effects}"
