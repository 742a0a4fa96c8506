"""The whole picture of a chart: what it is, the drawing, where its figures come from."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from bot.core.charts import Chart, ChartKind
from bot.drawing.bars import Bars
from bot.drawing.canvas import MARGIN, MUTED, PIXELS, RULE, WIDTH, Sheet, Style, wrap
from bot.drawing.lines import Lines

_TITLE = Style(31, 39, bold=True)
_DATASET = Style(23, 31, MUTED)
_SOURCE = Style(20, 27, MUTED)
_ROOM = WIDTH - 2 * MARGIN
_SPACE = 16
_COLOURS = 64


def compose(chart: Chart) -> Figure:
    """``chart`` on a sheet that is as high as it needs. Raises ValueError when no figure in it has a value."""
    if not any(point.value is not None for series in chart.series for point in series.points):
        raise ValueError("there is no figure to draw")
    title = wrap(chart.title, _TITLE, _ROOM, lines=3)
    below = [(text, lines) for text, lines in ((chart.dataset, 2), (chart.note, 2)) if text]
    dataset = [line for text, lines in below for line in wrap(text, _DATASET, _ROOM, lines=lines)]
    source = [line for text in chart.source for line in wrap(text, _SOURCE, _ROOM, lines=5)]
    drawing = Bars(chart) if chart.kind is ChartKind.BARS else Lines(chart)
    head = MARGIN + len(title) * _TITLE.leading + _SPACE // 2 + len(dataset) * _DATASET.leading + _SPACE
    foot = 2 * _SPACE + len(source) * _SOURCE.leading + MARGIN - _SPACE
    sheet = Sheet(round(head + drawing.height + foot))
    sheet.write_lines(sheet.write_lines(MARGIN, title, _TITLE) + _SPACE // 2, dataset, _DATASET)
    drawing.draw(sheet, head)
    end = head + drawing.height + _SPACE
    sheet.box(MARGIN, end - 1, WIDTH - MARGIN, end + 1, RULE)
    sheet.write_lines(end + _SPACE, source, _SOURCE)
    return sheet.figure


def draw(chart: Chart) -> bytes:
    """``chart`` as PNG: the same chart is always the same bytes. Raises ValueError as :func:`compose` does."""
    figure = compose(chart)
    figure.set_dpi(figure.dpi * PIXELS)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib types it in part
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    drawn = Image.fromarray(pixels).convert("RGB")
    picture = io.BytesIO()
    # few colours: a quarter of the bytes, and people pay for them
    drawn.quantize(_COLOURS, dither=Image.Dither.NONE).save(picture, format="PNG", optimize=True)
    return picture.getvalue()
