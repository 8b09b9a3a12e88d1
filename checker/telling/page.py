"""A verdict as a fragment of a page: for notebooks in light and dark themes, without scripts.

Colours come from JupyterLab's variables where it is JupyterLab that shows the page. Nothing rests on colour
alone: the words say what the marks mean, tables have captions and headed rows for screen readers.
"""

from __future__ import annotations

from html import escape
from importlib.resources import files

from checker.outcomes import DEADLOCK, LEAKED, LIVELOCK, Execution, Exploration, Row
from checker.telling.moments import Moment, moments, threads
from checker.telling.reasons import headline, next_try, why
from checker.telling.text import Gap, beside, difference_lines, mentioned, seconds, sentence, shown, state, unfinished

MOST_MOMENTS, MOST_OUTCOMES, MOST_OUTPUT = 40, 12, 2_000


def html(exploration: Exploration) -> str:
    """The whole verdict; everything that came from the scenario is escaped."""
    failure = exploration.failure
    line = headline(exploration)
    badge, kind = ("✗ fails", "ck-fails") if failure else ("explored", "ck-explored")
    if line.startswith("✓"):
        badge, kind = "✓ holds", "ck-passes"
    parts = [
        f'<p class="ck-headline"><span class="ck-badge">{badge}</span> {escape(line[2:])}</p>',
        f'<p class="ck-claim">{escape(sentence(exploration.claim))}</p>' if exploration.claim else "",
        _outcomes(exploration) if len(exploration.outcomes) > 1 else "",
    ]
    if failure:
        parts += [
            _difference(exploration),
            _schedule(failure),
            _end(failure),
            _output(failure),
            f"<p><strong>Next:</strong> {escape(next_try(exploration))}</p>",
            _replay(exploration, failure),
        ]
    style = (files("checker.telling") / "page.css").read_text(encoding="utf-8")
    return (
        f'<style>{style}</style>\n<div class="ck-verdict {kind}" role="region" aria-label="Verdict">\n'
        + "\n".join(part for part in parts if part)
        + "\n</div>"
    )


def _outcomes(exploration: Exploration) -> str:
    rows = sorted(exploration.outcomes.rows, key=lambda row: (row.allowed, -row.count))
    most = max(row.count for row in rows)
    body = "\n".join(_outcome(row, most) for row in rows[:MOST_OUTCOMES])
    if len(rows) > MOST_OUTCOMES:
        rest = sum(row.count for row in rows[MOST_OUTCOMES:])
        more = len(rows) - MOST_OUTCOMES
        body += f'\n<tr><td class="ck-number">{rest:,}</td><td>{more} more outcomes</td></tr>'
    return (
        "<table><caption>Outcomes of the schedules that were run</caption>\n"
        '<thead><tr><th scope="col">schedules</th><th scope="col">outcome</th><td></td></tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table>"
    )


def _outcome(row: Row, most: int) -> str:
    forbidden = ' class="ck-forbidden"' if not row.allowed else ""
    mark = ' <strong class="ck-aside">not allowed</strong>' if not row.allowed else ""
    bar = f'<span class="ck-bar" style="width: {8 * row.count / most:.2f}em" aria-hidden="true"></span>'
    return (
        f'<tr{forbidden}><td class="ck-number">{row.count:,}</td>'
        f"<td><code>{escape(row.label)}</code>{mark}</td><td>{bar}</td></tr>"
    )


def _schedule(failure: Execution) -> str:
    told = moments(failure)
    if not told:
        return ""
    names = threads(failure)
    timed = any(moment.time for moment in told)
    heads = ["step", *(["time"] if timed else []), *names]
    lines, clock = [], -1.0
    for moment in shown(told, MOST_MOMENTS, mentioned(failure)):
        if isinstance(moment, Gap):
            lines.append(f'<tr><td></td><td colspan="{len(heads) - 1}" class="ck-aside">⋮ {moment}</td></tr>')
            continue
        moved = seconds(moment.time) if moment.time != clock else ""
        time = f'<td class="ck-number">{moved}</td>' if timed else ""
        clock = moment.time
        if moment.thread in names:
            cells = "".join(_cell(moment, name) for name in names)
        else:
            cells = f'<td class="ck-runs" colspan="{len(names)}">{escape(moment.thread)}: {_own(moment)}</td>'
        lines.append(f'<tr><th scope="row" class="ck-number">{moment.number}</th>{time}{cells}</tr>')
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "\n".join(lines)
    return (
        '<table class="ck-schedule"><caption>A schedule that fails: one column per thread, time runs down'
        f"</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _cell(moment: Moment, name: str) -> str:
    lane = moment.lanes.get(name)
    if name == moment.thread:
        holds = " ck-holds" if lane and lane.holds else ""
        return f'<td class="ck-runs{holds}">{_own(moment)}</td>'
    waits, holds = " ck-waits" if lane and lane.waits else "", " ck-holds" if lane and lane.holds else ""
    return f'<td class="ck-aside{waits}{holds}">{escape(beside(moment, name)[1:-1])}</td>'


def _own(moment: Moment) -> str:
    effects = f'<span class="ck-effect">{escape(", ".join(moment.effects))}</span>' if moment.effects else ""
    return f"<code>{escape(moment.source)}</code>{effects}"


def _difference(exploration: Exploration) -> str:
    lines = difference_lines(exploration)
    return f"<pre>{escape(chr(10).join(lines))}</pre>" if lines else ""


def _end(failure: Execution) -> str:
    if failure.outcome not in (DEADLOCK, LIVELOCK, LEAKED):
        reason = why(failure) or ("" if failure.error else sentence(failure.note))
        return f"<p>{escape(reason)}</p>" if reason else ""
    items = "".join(
        f"<li>{escape(state(one))}"
        + (f": line {one.line}, <code>{escape(one.source)}</code>" if one.line else "")
        + "</li>"
        for one in unfinished(failure)
    )
    note = f" ({escape(failure.note)})" if failure.note else ""
    reason = f"<p>{escape(why(failure))}</p>" if why(failure) else ""
    if not items:
        return f"<p>{escape(sentence(failure.note))}</p>" + reason
    return f"<p>At the end{note}:</p><ul>{items}</ul>" + reason


def _output(failure: Execution) -> str:
    text = failure.output.strip()
    if not text:
        return ""
    cut = text if len(text) <= MOST_OUTPUT else text[:MOST_OUTPUT] + "\n…"
    return f"<details><summary>What it printed</summary><pre>{escape(cut)}</pre></details>"


def _replay(exploration: Exploration, failure: Execution) -> str:
    if not failure.schedule:
        return ""
    call = f"explore({exploration.name}, replay={failure.schedule!r})"
    return f"<p><strong>Replay:</strong> <code>{escape(call)}</code></p>"
