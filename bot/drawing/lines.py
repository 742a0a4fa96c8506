"""Lines over the years; a year without a figure is a gap."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from matplotlib.ticker import MaxNLocator

from bot.core.charts import Chart, Point
from bot.drawing.canvas import INK, MARGIN, MUTED, RULE, WIDTH, Sheet, Style, measure, wrap

_TICK, _SMALL_TICK = Style(23, 30, MUTED), Style(17, 30, MUTED)
_WIDEST_TICK = 230
_VALUE = Style(24, 30, INK, bold=True)
_LEGEND = Style(24, 32)
_HEIGHT = 470
_HEADROOM = 62
_FOOTROOM = 52
_GAP = 18
_COLOURS = ("#1d7f78", "#c2571a", "#3b5bbf", "#8a3fa0")
_MOST_MARKED = 40
_NEAR = 26
_OFFSETS = ((26, 0), (-26, 0), (26, -1), (26, 1), (-26, -1), (-26, 1), (48, 0), (-48, 0))
"""Where a figure may stand: units above its point, half widths to the right."""
_STEPS = 24


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside, or so near that a line through it would touch the text."""
        return self.left - 3 < x < self.right + 3 and self.top - 3 < y < self.bottom + 3


class Lines:
    """The lines of ``chart``, measured; ``height`` is what they take with the legend. Labels of points are years."""

    def __init__(self, chart: Chart) -> None:
        self._series, self._unit = chart.series, chart.unit
        values = [float(p.value) for series in self._series for p in series.points if p.value is not None]
        self._ticks = _ticks(min(values), max(values))
        self._years = sorted({p.label for series in self._series for p in series.points}, key=_moment)
        texts = [_print(tick, self._ticks) for tick in self._ticks]
        wide = max(measure(text, _TICK) for text in texts) > _WIDEST_TICK
        self._tick = _SMALL_TICK if wide else _TICK
        self._left = MARGIN + max(measure(text, self._tick) for text in texts) + _GAP
        self._right = WIDTH - MARGIN - 8
        names = [series.name for series in self._series] if len(self._series) > 1 else []
        self._legend = [wrap(name, _LEGEND, WIDTH - 2 * MARGIN - 60, lines=2) for name in names]
        self.height = _HEIGHT + sum(len(lines) * _LEGEND.leading for lines in self._legend)

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw from ``top`` on."""
        self._top, self._bottom = top + _HEADROOM, top + _HEIGHT - _FOOTROOM
        if self._unit:
            sheet.write(MARGIN, top + 18, self._unit, _TICK)
        for tick in self._ticks:
            y = self._y(tick)
            sheet.box(self._left, y - 1, self._right, y + 1, RULE)
            sheet.write(self._left - _GAP / 2, y, _print(tick, self._ticks), self._tick, align="right")
        self._draw_years(sheet)
        self._course = [place for series in self._series for place in _along(self._places(series.points))]
        for series, colour in zip(self._series, _COLOURS, strict=False):
            self._draw_line(sheet, series.points, colour)
        self._draw_values(sheet)
        self._draw_legend(sheet, top + _HEIGHT)

    def _x(self, label: str) -> float:
        first, last = _moment(self._years[0]), _moment(self._years[-1])
        share = (_moment(label) - first) / (last - first) if last > first else 0.5
        return self._left + _NEAR + share * (self._right - self._left - 2 * _NEAR)

    def _y(self, value: float) -> float:
        low, high = self._ticks[0], self._ticks[-1]
        return self._bottom - (value - low) / (high - low) * (self._bottom - self._top)

    def _draw_years(self, sheet: Sheet) -> None:
        """As many years as there is room for, the latest always."""
        free = math.inf
        for label in reversed(self._years):
            half = measure(label, _TICK) / 2
            x = min(max(self._x(label), MARGIN + half), WIDTH - MARGIN - half)
            if x + half <= free:
                sheet.write(x, self._bottom + 30, label, _TICK, align="center")
                free = x - half - _GAP

    def _places(self, points: Sequence[Point]) -> list[tuple[float, float]]:
        return [
            (self._x(p.label), math.nan if p.value is None else self._y(float(p.value)))
            for p in sorted(points, key=lambda point: _moment(point.label))
        ]

    def _draw_line(self, sheet: Sheet, points: Sequence[Point], colour: str) -> None:
        places = self._places(points)
        few = len(places) <= _MOST_MARKED
        sheet.line(places, colour, width=4, marker="o", size=11 if few else 5)
        for point in points:
            if point.own and point.value is not None:
                sheet.line([(self._x(point.label), self._y(float(point.value)))], colour, marker="o", size=20)

    def _draw_values(self, sheet: Sheet) -> None:
        """Of several lines the latest figures; of one also what was asked for, the highest and the lowest.

        Only as far as there is room: no figure covers another, none but the latest and the asked one a line.
        """
        taken: list[_Box] = []
        for series, colour in zip(self._series, _COLOURS, strict=False):
            found = sorted((p for p in series.points if p.value is not None), key=lambda point: _moment(point.label))
            if not found:
                continue
            own = [point for point in found if point.own]
            highest, lowest = ([max(found, key=_size)], [min(found, key=_size)]) if len(self._series) == 1 else ([], [])
            for point in dict.fromkeys((*own, *highest, found[-1], *lowest)):
                must = point.own or point is found[-1]
                box = self._place(point, taken, must=must, below=point in lowest and not must)
                if box is not None:
                    taken.append(box)
                    sheet.pill(*box)
                    style = replace(_VALUE, colour=colour if len(self._series) > 1 else INK)
                    middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
                    sheet.write(*middle, point.printed, style, align="center")

    def _place(self, point: Point, taken: Sequence[_Box], *, must: bool, below: bool) -> _Box | None:
        """A place near the point that nothing else needs; None when there is none."""
        width, x, y = measure(point.printed, _VALUE), self._x(point.label), self._y(_size(point))
        free: list[_Box] = []
        if self._left + 4 + width > WIDTH - MARGIN:
            return None
        for offset, shift in _OFFSETS:
            middle = y - offset if not below else y + offset
            left = min(max(x - width / 2 + shift * width / 2, self._left + 4), WIDTH - MARGIN - width)
            box = _Box(left, middle - 14, left + width, middle + 14)
            inside = box.top >= self._top - _HEADROOM / 2 - 8 and box.bottom <= self._bottom + 4
            if inside and not any(box.meets(other) for other in taken):
                free.append(box)
        clear = (box for box in free if not any(box.holds(*place) for place in self._course))
        return next(clear, free[0] if must and free else None)

    def _draw_legend(self, sheet: Sheet, y: float) -> None:
        for lines, colour in zip(self._legend, _COLOURS, strict=False):
            middle = y + _LEGEND.leading / 2
            sheet.box(MARGIN, middle - 4, MARGIN + 40, middle + 4, colour)
            for line in lines:
                sheet.write(MARGIN + 58, y + _LEGEND.leading / 2, line, _LEGEND)
                y += _LEGEND.leading


def _along(places: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Points along a line, near to each other."""
    yield from places
    for (x1, y1), (x2, y2) in itertools.pairwise(places):
        for step in range(1, _STEPS):
            yield x1 + (x2 - x1) * step / _STEPS, y1 + (y2 - y1) * step / _STEPS


def _size(point: Point) -> float:
    return float(point.value or 0)


def _moment(label: str) -> float:
    return float(label)


def _ticks(low: float, high: float) -> list[float]:
    """Round values around ``low`` and ``high``; from zero on unless all values are far from it."""
    if 0 <= low <= 0.6 * high:
        low = 0.0
    if low == high:
        low, high = (low - abs(low) * 0.1 - 1, high + abs(high) * 0.1 + 1) if low else (0.0, 1.0)
    ticks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks]


def _print(tick: float, ticks: Sequence[float]) -> str:
    """A tick as Vietnamese readers write numbers, with the decimals that tell it from the next."""
    step = ticks[1] - ticks[0]
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    if decimals or step % 1:
        decimals = max(decimals, 1)
    text = f"{tick + 0.0:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        return "0"
    return text.translate(str.maketrans(",.", ".,"))
