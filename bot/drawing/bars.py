"""Bars: a line for each name, like a table – name, bar, figure."""

from decimal import Decimal

from bot.core.charts import Chart, Point
from bot.drawing.canvas import MARGIN, MUTED, RULE, WIDTH, Sheet, Style, measure, wrap

_NAME, _OWN_NAME = Style(26, 31), Style(26, 31, bold=True)
_VALUE, _OWN_VALUE = Style(25, 31), Style(25, 31, bold=True)
_MISSING = Style(22, 31, MUTED)
_UNIT = Style(23, 34, MUTED)
_WIDEST_NAME = 300
_LEAST_BAR = 110
_BETWEEN = 16
_AROUND = 15
_HEADROOM = 40
_BAR, _OWN_BAR, _BESIDE_BAR = "#1d7f78", "#c2571a", "#8fbdb9"


class Bars:
    """The bars of ``chart``, measured; ``height`` is what they take."""

    def __init__(self, chart: Chart) -> None:
        self._points, self._unit = chart.series[0].points, chart.unit
        figures = max(measure(point.printed, _value_style(point)) for point in self._points)
        names = max(measure(point.label, _name_style(point)) for point in self._points)
        room = WIDTH - 2 * MARGIN - 2 * _BETWEEN - figures - _LEAST_BAR
        width = min(names, _WIDEST_NAME, max(room, 120)) + 1
        self._names = [wrap(point.label, _name_style(point), width, lines=3) for point in self._points]
        self._left = MARGIN + width + _BETWEEN
        self._right = WIDTH - MARGIN - figures - _BETWEEN
        self.height = _HEADROOM + sum(map(_height, self._names))

    def draw(self, sheet: Sheet, top: float) -> None:
        """Draw from ``top`` on."""
        values = [point.value for point in self._points if point.value is not None]
        low, high = min(Decimal(0), *values), max(Decimal(0), *values)
        span = float(high - low) or 1.0
        zero = self._left + (self._right - self._left) * float(-low) / span
        per_unit = (self._right - self._left) / span
        if self._unit:
            sheet.write(WIDTH - MARGIN, top + _HEADROOM / 2 - 6, self._unit, _UNIT, align="right")
        sheet.box(zero - 1, top + _HEADROOM - 6, zero + 1, top + self.height, RULE)
        own = any(point.own for point in self._points)
        y = top + _HEADROOM
        for point, name in zip(self._points, self._names, strict=True):
            self._draw_row(sheet, y, point, name)
            if point.value is not None:
                end = zero + float(point.value) * per_unit
                colour = _OWN_BAR if point.own else _BESIDE_BAR if own else _BAR
                middle = y + _height(name) / 2
                sheet.box(min(zero, end), middle - 13, max(zero, end), middle + 13, colour)
            y += _height(name)

    def _draw_row(self, sheet: Sheet, y: float, point: Point, name: list[str]) -> None:
        style = _name_style(point)
        first = y + (_height(name) - len(name) * style.leading) / 2 + style.leading / 2
        for number, line in enumerate(name):
            sheet.write(MARGIN, first + number * style.leading, line, style)
        sheet.write(WIDTH - MARGIN, y + _height(name) / 2, point.printed, _value_style(point), align="right")


def _name_style(point: Point) -> Style:
    return _OWN_NAME if point.own else _NAME


def _value_style(point: Point) -> Style:
    if point.value is None:
        return _MISSING
    return _OWN_VALUE if point.own else _VALUE


def _height(name: list[str]) -> float:
    return len(name) * _NAME.leading + _AROUND
