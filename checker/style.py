"""The look that all figures share: colours that the colour-blind can tell apart, and a second mark for print.

No figure relies on colour alone: each series also has its own marker, line style or hatch, so that it can be
read in black and white.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"

INK = "#1f2328"  # text and axes
MUTED = "#59636e"  # captions, minor labels
GRID = "#d9dde1"
PAPER = "#ffffff"  # figures bring their own background, so that dark themes do not swallow the ink

#: matplotlib settings of every figure; apply with `matplotlib.rc_context(SETTINGS)`.
SETTINGS: dict[str, Any] = {
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "hatch.linewidth": 0.7,
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one series is drawn: `plot(…, **look.line)`, `scatter(…, **look.dots)`, `bar(…, **look.bar)`."""

    color: str
    marker: str
    linestyle: Any
    hatch: str

    @property
    def line(self) -> dict[str, Any]:
        return {"color": self.color, "linestyle": self.linestyle}

    @property
    def dots(self) -> dict[str, Any]:
        return {"color": self.color, "marker": self.marker, "edgecolors": INK, "linewidths": 0.5}

    @property
    def bar(self) -> dict[str, Any]:
        return {"color": self.color, "hatch": self.hatch, "edgecolor": INK, "linewidth": 0.8}


_LOOKS = (
    Look(BLUE, "o", "-", ""),
    Look(ORANGE, "s", "--", "//"),
    Look(GREEN, "^", "-.", ".."),
    Look(VERMILION, "D", ":", "xx"),
    Look(PURPLE, "v", (0, (5, 1, 1, 1, 1, 1)), "\\\\"),
    Look(SKY, "P", (0, (8, 2)), "--"),
    Look(BLACK, "X", (0, (1, 2)), "++"),
    Look(YELLOW, "*", (0, (3, 3)), "oo"),
)


def looks(count: int) -> list[Look]:
    """`count` looks that differ in colour and in marker, line style and hatch; they repeat after eight."""
    return [_LOOKS[number % len(_LOOKS)] for number in range(count)]


def new_axes(title: str = "", x: str = "", y: str = "", *, size: tuple[float, float] = (7.5, 3.6)) -> Axes:
    """A new pyplot figure with one axes in the common style; `size` in inches. Label axes with their unit."""
    import matplotlib

    _, axes = new_figure(size=size)
    with matplotlib.rc_context(SETTINGS):
        axes.set(title=title, xlabel=x, ylabel=y)
    return axes


def new_figure(rows: int = 1, columns: int = 1, *, size: tuple[float, float], **options: Any) -> tuple[Figure, Any]:
    """`pyplot.subplots(rows, columns)` in the common style: the figure and its axes; `size` in inches."""
    import matplotlib
    import matplotlib.pyplot as plt

    _settle_backend()
    with matplotlib.rc_context(SETTINGS):
        return plt.subplots(rows, columns, figsize=size, layout="constrained", **options)


@cache
def _settle_backend() -> None:
    """Have pyplot load its backend, which it otherwise does with the first figure.

    Within `rc_context` that goes wrong: in a notebook the backend turns interactive mode on, leaving the context
    turns it off again, and no later figure is shown.
    """
    import matplotlib.pyplot as plt

    if not plt.get_fignums():
        plt.switch_backend(plt.get_backend())


def caption(drawing: Axes | Figure, text: str) -> None:
    """Write what was measured below the figure, in a small grey line (wrapped to the figure's width)."""
    import textwrap

    figure: Any = drawing.figure or drawing
    columns = int(figure.get_figwidth() * 15)
    figure.supxlabel("\n".join(textwrap.wrap(text, columns)), x=0.01, ha="left", fontsize=8.5, color=MUTED)
