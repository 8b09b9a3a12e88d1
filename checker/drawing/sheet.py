"""A sheet of paper measured in inches, from the top left: what all drawings are made on.

Figures are made without pyplot, so that drawing in a library, a worker or a thread touches no global state.
"""

from __future__ import annotations

import functools
import io
import warnings
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import FancyArrowPatch, Rectangle

from checker.style import INK, PAPER, SETTINGS

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
DPI = 110


class Sheet:
    """Paper of a given width; its height is decided at the end by `finish`."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.figure = Figure(dpi=DPI, facecolor=PAPER)
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()

    def finish(self, height: float) -> Figure:
        """Set the height; return the figure."""
        self.figure.set_size_inches(self.width, height)
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(height, 0)
        return self.figure

    def text(
        self, x: float, y: float, text: str, *, size: float = 8.5, mono: bool = False, bold: bool = False,
        color: str = INK, align: str = "left", middle: bool = True, paper: bool = False, italic: bool = False,
    ) -> None:  # fmt: skip
        """Write `text` at (x, y): its middle height, or its top. `paper` puts a white ground behind it."""
        ground = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.0} if paper else None
        self.axes.text(
            x, y, text, fontsize=size, fontfamily=MONO if mono else SANS, color=color, ha=align,
            fontweight="bold" if bold else "normal", fontstyle="italic" if italic else "normal",
            va="center_baseline" if middle else "top", parse_math=False, bbox=ground, zorder=6,
        )  # fmt: skip

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> None:
        """A rectangle by its top left corner."""
        settings = {"linewidth": 0.8, "edgecolor": INK, "zorder": 3, **look}
        self.axes.add_patch(Rectangle((x, y), width, height, **settings))

    def line(self, xs: list[float], ys: list[float], **look: Any) -> None:
        self.axes.plot(xs, ys, **{"color": INK, "linewidth": 0.8, "zorder": 2, **look})

    def arrow(self, start: tuple[float, float], end: tuple[float, float], bend: float = 0.0, **look: Any) -> None:
        settings = {"color": INK, "linewidth": 1.4, "zorder": 4, **look}
        self.axes.add_patch(
            FancyArrowPatch(
                start, end, arrowstyle="-|>", mutation_scale=13, connectionstyle=f"arc3,rad={bend}", **settings
            )
        )

    def measure(self, text: str, size: float, *, mono: bool = False, bold: bool = False) -> float:
        """The width of `text` in inches."""
        return sum(_advance(letter, mono, bold) for letter in text) * size / 72

    def cut(
        self, text: str, width: float, size: float, *, mono: bool = True, bold: bool = False, front: bool = False
    ) -> str:
        """`text`, cut and marked with "…" where it would be wider than `width` inches: at its end, or in front."""
        if self.measure(text, size, mono=mono, bold=bold) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            rest = text[len(text) - middle :] if front else text[:middle]
            if self.measure(rest + "…", size, mono=mono, bold=bold) <= width:
                low = middle
            else:
                high = middle - 1
        return "…" + text[len(text) - low :] if front else text[:low] + "…"

    def wrapped(self, text: str, width: float, size: float, *, bold: bool = False, most: int = 3) -> list[str]:
        """`text` in at most `most` lines of at most `width` inches."""
        lines: list[str] = []
        words = text.split()
        while words:
            if len(lines) == most - 1:
                return [*lines, self.cut(" ".join(words), width, size, mono=False, bold=bold)]
            count = 1
            while count < len(words) and self.measure(" ".join(words[: count + 1]), size, bold=bold) <= width:
                count += 1
            lines.append(self.cut(" ".join(words[:count]), width, size, mono=False, bold=bold))
            del words[:count]
        return lines


@functools.cache
def _advance(letter: str, mono: bool, bold: bool) -> float:
    """The width of one letter, as a share of the font's size. Asking for whole lines would be far slower."""
    path = findfont(FontProperties(family=MONO if mono else SANS, weight="bold" if bold else "normal"))
    font = get_font(path)
    font.set_size(100, 72)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # glyphs that the font lacks
        glyph = font.load_glyph(font.get_char_index(ord(letter)), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / 100


def png(figure: Figure) -> bytes:
    """The figure as a PNG file."""
    buffer = io.BytesIO()
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # glyphs that the font lacks
        FigureCanvasAgg(figure).print_png(buffer)
    return buffer.getvalue()
