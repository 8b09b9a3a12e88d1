"""Measuring on real threads: honesty line, timed lock, percentiles, lost updates, and their plots.

Everything here runs on this interpreter's own threads and clock, and shows what happened today on this
machine. What the language allows is shown by `explore` instead.
"""

from checker.measuring.honesty import honesty_line, interpreter, switch_interval
from checker.measuring.losses import Losses, RecordedLosses, count_losses, recorded_losses
from checker.measuring.plots import plot_lost_updates, plot_trials, plot_waits
from checker.measuring.statistics import ecdf, percentiles
from checker.measuring.timedlock import TimedLock
from checker.style import caption, looks, new_axes, new_figure

__all__ = [
    "Losses",
    "RecordedLosses",
    "TimedLock",
    "caption",
    "count_losses",
    "ecdf",
    "honesty_line",
    "interpreter",
    "looks",
    "new_axes",
    "new_figure",
    "percentiles",
    "plot_lost_updates",
    "plot_trials",
    "plot_waits",
    "recorded_losses",
    "switch_interval",
]
