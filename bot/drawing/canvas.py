"""A sheet of fixed width, on which texts are measured before they are placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text

WIDTH = 760
"""A phone shows it 300 wide: so letters are two and a half times as large here."""
MARGIN = 24
PIXELS = 1.5
"""Pixels of the picture for each unit here, so that it is sharp on fine screens too."""
INK, MUTED, RULE = "#17302e", "#566b69", "#d7dfde"
_DPI = 100
_FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: ``size`` and ``leading`` (from line to line) in units of the sheet."""

    size: int
    leading: int
    colour: str = INK
    bold: bool = False

    @property
    def font(self) -> FontProperties:
        """The typeface, by its file: what else a machine has installed must not change a picture."""
        file = _FONTS / ("DejaVuSans-Bold.ttf" if self.bold else "DejaVuSans.ttf")
        return FontProperties(fname=str(file), size=self.size * 72 / _DPI)


# matplotlib has types, but not for its renderers
_RULER = RendererAgg(1, 1, _DPI)  # type: ignore[no-untyped-call]


def measure(text: str, style: Style) -> float:
    """How wide ``text`` is."""
    width, _, _ = _RULER.get_text_width_height_descent(text, style.font, ismath=False)  # type: ignore[no-untyped-call]
    return float(width)


def wrap(text: str, style: Style, width: float, *, lines: int) -> list[str]:
    """``text`` in at most ``lines`` lines of ``width``; what does not fit is cut and marked "…"."""
    wrapped = [""]
    for word in text.split():
        for piece in _pieces(word, style, width):
            longer = f"{wrapped[-1]} {piece}".strip()
            if not wrapped[-1] or measure(longer, style) <= width:
                wrapped[-1] = longer
            else:
                wrapped.append(piece)
    if len(wrapped) <= lines:
        return wrapped
    last = wrapped[lines - 1]
    while last and measure(f"{last}…", style) > width:
        last = last[:-1].rstrip()
    return [*wrapped[: lines - 1], f"{last}…"]


def _pieces(word: str, style: Style, width: float) -> list[str]:
    """``word``, cut where it alone is wider than a line (an address, say)."""
    pieces, rest = [], word
    while measure(rest, style) > width and len(rest) > 1:
        length = max(1, int(len(rest) * width / measure(rest, style)))
        while length > 1 and measure(rest[:length], style) > width:
            length -= 1
        pieces.append(rest[:length])
        rest = rest[length:]
    return [*pieces, rest]


class Sheet:
    """A white sheet of :data:`WIDTH` × ``height``; y grows downwards."""

    def __init__(self, height: float) -> None:
        self.figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self._axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)

    def write(self, x: float, y: float, text: str, style: Style, *, align: str = "left") -> Text:
        """Put one line of ``text`` with the middle of its line at ``y``; nothing in it is read as a formula."""
        return self._axes.text(
            x,
            y,
            text,
            fontproperties=style.font,
            color=style.colour,
            ha=align,
            va="center_baseline",
            parse_math=False,
        )

    def write_lines(self, y: float, lines: Sequence[str], style: Style) -> float:
        """Put ``lines`` from the left margin on downwards, and return where they end."""
        for line in lines:
            self.write(MARGIN, y + style.leading / 2, line, style)
            y += style.leading
        return y

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill a rectangle."""
        self._axes.add_patch(Rectangle((left, top), right - left, bottom - top, facecolor=colour, linewidth=0))

    def pill(self, left: float, top: float, right: float, bottom: float) -> None:
        """A white ground behind a text, so that no line runs through it."""
        shape = FancyBboxPatch(
            (left, top), right - left, bottom - top, boxstyle="round,pad=2", facecolor="white", linewidth=0, alpha=0.85
        )
        self._axes.add_patch(shape)

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        *,
        width: float = 2,
        marker: str = "",
        size: float = 0,
    ) -> None:
        """Join ``points``; NaN leaves a gap."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        scale = 72 / _DPI
        self._axes.add_line(
            Line2D(xs, ys, color=colour, linewidth=width * scale, marker=marker or "None", markersize=size * scale)
        )
