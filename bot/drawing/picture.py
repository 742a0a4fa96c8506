"""The whole picture of a chart: what it is, the drawing, where its figures come from."""

import io

from matplotlib.figure import Figure

from bot.core.charts import Chart, ChartKind
from bot.drawing.bars import Bars
from bot.drawing.canvas import MARGIN, MUTED, RULE, WIDTH, Sheet, Style, wrap
from bot.drawing.lines import Lines

_TITLE = Style(34, 42, bold=True)
_DATASET = Style(25, 33, MUTED)
_SOURCE = Style(21, 28, MUTED)
_ROOM = WIDTH - 2 * MARGIN
_SPACE = 16


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
    picture = io.BytesIO()
    # the software's version would make other bytes of the same picture
    compose(chart).savefig(picture, format="png", metadata={"Software": None})
    return picture.getvalue()
