"""The plots that several lessons share. Each takes data and returns the Axes or Figure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from checker.measuring.honesty import interpreter
from checker.measuring.losses import Losses, RecordedLosses
from checker.measuring.statistics import ecdf, percentiles
from checker.style import BLACK, GRID, INK, MUTED, SETTINGS, Look, caption, looks, new_axes, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MONO = "DejaVu Sans Mono"


def plot_lost_updates(
    measured: Sequence[Losses],
    recorded: Sequence[RecordedLosses] = (),
    *,
    title: str = "Updates lost, per construct",
    columns: int | None = None,
) -> Figure:
    """One panel per construct: recorded interpreters side by side, and this one with a dot for every trial.

    Of `recorded` each panel shows, per interpreter, the row of the same construct that is nearest in threads,
    increments and switch interval. A recorded bar spans the smallest to the largest share lost, its mark is
    the median. The caption says what was measured.
    """
    import matplotlib

    columns = columns or (len(measured) if len(measured) <= 3 else 2 if len(measured) == 4 else 3)
    rows = math.ceil(len(measured) / columns)
    figure, grid = new_figure(rows, columns, size=(3.6 * columns, 2.5 * rows + 0.9), sharey=True, squeeze=False)
    with matplotlib.rc_context(SETTINGS):
        panels = list(grid.flat)
        used: list[RecordedLosses] = []
        for axes, losses in zip(panels, measured, strict=False):
            used += _panel(axes, losses, recorded)
        for axes in panels[len(measured) :]:
            axes.set_axis_off()
        for axes in grid[:, 0]:
            axes.set_ylabel("updates lost (%)")
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        caption(figure, _provenance(measured, used))
    return figure


def _panel(axes: Axes, losses: Losses, recorded: Sequence[RecordedLosses]) -> list[RecordedLosses]:
    """Draw one construct; return the recorded rows that were drawn."""
    nearest: dict[str, RecordedLosses] = {}
    for row in recorded:
        if row.construct == losses.construct:
            other = nearest.get(row.interpreter)
            if other is None or _distance(row, losses) < _distance(other, losses):
                nearest[row.interpreter] = row
    shown = sorted(nearest.values(), key=lambda row: (not row.gil, _version(row)))
    for place, row in enumerate(shown):
        look = _group(row)
        axes.vlines(place, row.low, row.high, color=look.color, linewidth=4, alpha=0.45)
        axes.scatter([place], [row.median], s=34, zorder=3, **look.dots)
    here = len(shown) + 0.6 if shown else 0
    if shown:
        axes.axvline(len(shown) - 0.2, color=MUTED, linewidth=0.8)
    shifts = [0.5 * (number / max(1, len(losses.lost) - 1) - 0.5) for number in range(len(losses.lost))]
    places = [here + shift for shift in shifts]
    axes.scatter(places, losses.percents, s=16, color=BLACK, alpha=0.75, linewidths=0, zorder=4)
    axes.set_title(losses.construct or "increment()", fontsize=9, fontfamily=_MONO, fontweight="normal")
    axes.set_xticks([*range(len(shown)), here])
    axes.set_xticklabels([row.interpreter for row in shown] + [f"{interpreter()}\nhere"], fontsize=7)
    axes.set_xlim(-0.7, here + 0.8)
    axes.set_ylim(-4, 104)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.grid(axis="x", visible=False)
    return shown


def _group(row: RecordedLosses) -> Look:
    """One look each for: GIL before 3.10 (switches anywhere), GIL since 3.10, and free-threaded builds."""
    new, old, free = looks(3)
    if not row.gil:
        return free
    return old if _version(row) < (3, 10) else new


def _version(row: RecordedLosses) -> tuple[int, ...]:
    return tuple(int(part) for part in row.python.split("."))


def _distance(row: RecordedLosses, losses: Losses) -> tuple[float, float, float]:
    return (
        abs(math.log(row.threads / losses.threads)),
        abs(math.log(row.increments / losses.increments)),
        abs(math.log(row.switch_interval / losses.switch_interval)),
    )


def _provenance(measured: Sequence[Losses], used: Sequence[RecordedLosses]) -> str:
    def runs(items: Sequence[Losses] | Sequence[RecordedLosses]) -> str:
        sizes = sorted({(item.threads, item.increments) for item in items})
        return " or ".join(f"{threads} threads × {increments:,}" for threads, increments in sizes)

    text = ""
    if measured:
        trials = " or ".join(str(count) for count in sorted({len(losses.lost) for losses in measured}))
        text = f"Black dots: this interpreter, one per trial ({trials} trials, {runs(measured)} increments)."
    if used:
        text += (
            f" Recorded: bar from least to most of {used[0].trials} trials, mark at the median"
            f" ({runs(used)}); squares: GIL before 3.10, circles: GIL since 3.10, triangles: no GIL (t)."
        )
    return text


def plot_trials(
    groups: Mapping[str, Sequence[float]],
    *,
    x: str,
    title: str = "",
    axes: Axes | None = None,
) -> Axes:
    """One row per group, one dot per trial, a bar at the median. `x` labels the axis, with its unit.

    `title` is for a new figure; an `axes` that is handed in keeps its own.
    """
    axes = axes or new_axes(title, x, size=(7.5, 1.2 + 0.45 * len(groups)))
    for place, ((_, values), look) in enumerate(zip(groups.items(), looks(len(groups)), strict=True)):
        shifts = [0.4 * (number / max(1, len(values) - 1) - 0.5) for number in range(len(values))]
        axes.scatter(values, [place + shift for shift in shifts], s=26, alpha=0.85, zorder=3, **look.dots)
        if values:
            median = percentiles(values, (50,))[50]
            axes.vlines(median, place - 0.36, place + 0.36, color=INK, linewidth=2, zorder=4)
    axes.set_yticks(range(len(groups)), labels=list(groups))
    axes.set_ylim(len(groups) - 0.45, -0.55)  # first group on top
    axes.grid(axis="y", visible=False)
    axes.set(xlabel=x)
    return axes


def plot_waits(
    waits: Mapping[str, Sequence[float]],
    *,
    title: str = "How long acquire() waited",
    x: str = "wait (ms, log scale)",
    floor: float = 1e-6,
    axes: Axes | None = None,
) -> Axes:
    """The share of waits up to each length, one curve per series; marks at p50 and p99.

    `waits` maps a label to seconds. Waits below `floor` seconds (about what the clock can tell) are drawn
    at `floor`, since a log axis has no zero. `title` is for a new figure only.
    """
    axes = axes or new_axes(title, x, "share of waits")
    for (label, seconds), look in zip(waits.items(), looks(len(waits)), strict=True):
        if not seconds:
            continue
        values, shares = ecdf(max(value, floor) * 1e3 for value in seconds)
        axes.step([values[0], *values], [0, *shares], where="post", label=label, **look.line)
        marks = percentiles(values, (50, 99))
        axes.scatter(list(marks.values()), [0.5, 0.99], s=42, zorder=3, **look.dots)
    axes.set_xscale("log")
    axes.set_ylim(0, 1.03)
    axes.axhline(0.5, color=GRID, linewidth=0.9, zorder=0)
    axes.set(xlabel=x, ylabel="share of waits")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(loc="best")
    return axes
