"""Pictures: every letter is there, every text inside and apart from the others, the same chart the same bytes."""

import io
import itertools
import tomllib
from decimal import Decimal
from functools import cache

import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from PIL import Image

from bot.core.charts import Chart, ChartKind, Point, Series
from bot.drawing.canvas import PIXELS, WIDTH, Style, measure, wrap
from bot.drawing.picture import compose, draw
from tests.support.talk import DATA

SOURCE = (
    "Nguồn: Tổng hợp từ Nghị quyết 202/2025/QH15 và Tổng cục Thống kê 2023; nguồn số liệu dân số: NQ 202/2025/QH15; "
    "số liệu đến 12/06/2025; giấy phép: chưa ghi. https://example.org/" + "rat-dai-" * 12,
    "Mã 7HJN5",
)
PROVINCES = tuple(
    entry["name"] for entry in tomllib.loads((DATA / "places" / "provinces.toml").read_text("utf-8")).values()
)
LONG = (
    "Trường Tiểu học và Trung học cơ sở Nguyễn Thị Minh Khai số 2 (điểm trường thôn Đông Hòa, xã Tịnh Khê)",
    "Ban Quản lý Khu kinh tế Dung Quất và các khu công nghiệp Quảng Ngãi",
    "Đ" * 80,
)
TITLE = (
    "Số công trình vệ sinh công cộng đạt chuẩn được nâng cấp, sửa chữa hoặc xây mới giai đoạn 2021–2025 theo Nghị quyết"
)


def point(label, value, *, own=False):
    printed = "nguồn không ghi" if value is None else f"{Decimal(value):,}".translate(str.maketrans(",.", ".,"))
    return Point(label=label, value=None if value is None else Decimal(value), printed=printed, own=own)


def bars(points, *, title="Dân số", unit="người"):
    series = (Series(name="", points=tuple(points)),)
    note = "Biểu đồ chỉ vẽ 10 mục cao nhất trong 516 mục (máy chọn)."
    return Chart(kind=ChartKind.BARS, title=title, unit=unit, dataset=TITLE, series=series, note=note, source=SOURCE)


def lines(*series, unit="triệu đồng"):
    named = tuple(Series(name=name, points=tuple(points)) for name, points in series)
    return Chart(kind=ChartKind.LINE, title=TITLE, unit=unit, dataset="Quyết toán", series=named, source=SOURCE)


def years(values, *, first=2000, own=None):
    return [point(str(first + n), value, own=n == own) for n, value in enumerate(values)]


CHARTS = {
    "34 provinces": bars(point(name, 14_000_000 - n * n * 11_000, own=n == 23) for n, name in enumerate(PROVINCES)),
    "one bar": bars([point("Xã Tịnh Khê", 12345)]),
    "long names": bars([point(name, n + 5) for n, name in enumerate(LONG)], title=TITLE, unit="công trình"),
    "negative bars": bars([point(name, value) for name, value in zip(PROVINCES, (5, -3, 12, -9, 0), strict=False)]),
    "only negative bars": bars([point("A", -5), point("B", -7)]),
    "nothing but zero": bars([point("A", 0), point("B", 0)]),
    "missing bars": bars([point("A", None), point("B", 7), point("C", None)]),
    "huge bars": bars([point(name, 10**18 * (9 - n) + n) for n, name in enumerate(PROVINCES[:6])], unit="đồng"),
    "tiny bars": bars([point("A", "0.00012"), point("B", "0.5")], unit=""),
    "20 years": lines(("", years((35574 + n * 12000 + (-1) ** n * 9000 for n in range(20)), own=15))),
    "60 years": lines(("", years((n % 7 for n in range(60)), first=1966))),
    "one year": lines(("", years((5,)))),
    "gaps": lines(("", [point("2006", 3439000), point("2008", None), point("2009", 3500000), point("2015", 3290000)])),
    "four names": lines(
        *((name, years(k * 10**6 + n * 3 * 10**5 * (k - 2) for n in range(10))) for k, name in enumerate((*LONG, "A")))
    ),
    "equal lines": lines(("A", years((5, 5, 5))), ("B", years((5, 5, 5)))),
    "negative line": lines(("", years((-5, -2, 0, 3, -8, 4))), unit="%"),
    "huge line": lines(("", years((5 * 10**18, 7 * 10**18, 9 * 10**18))), unit="đồng"),
    "small line": lines(("", years(("0.012", "0.013", "0.0145"))), unit="‰"),
    "flat line": lines(("", years((0, 0, 0))), unit=""),
    "signs of a formula": bars([point("a_$1^2$ \\frac{1}{2} & <b>", 3), point("%s {x}", 4)], title="$x$ và $\\y$"),
}
EACH = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


@cache
def composed(chart: Chart) -> Figure:
    """The sheet of ``chart``, composed once for all who only look at it."""
    return compose(chart)


@EACH
def test_every_text_is_on_the_sheet_and_none_covers_another(chart):
    figure = composed(chart)
    renderer = figure.canvas.get_renderer()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts if text.get_text()]
    assert len(boxes) >= 4
    for text, box in boxes:
        assert box.x0 >= 0, text
        assert box.x1 <= figure.bbox.width, text
        assert box.y0 >= 0, text
        assert box.y1 <= figure.bbox.height, text
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        width, height = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        # ascenders and descenders of neighbouring lines may touch
        assert width <= 1 or height <= 7, (one, other)


@EACH
def test_a_sheet_has_its_width_and_is_neither_a_strip_nor_endless(chart):
    width, height = composed(chart).bbox.size
    assert width == WIDTH
    assert 0.25 < height / width < 3.5


@pytest.mark.parametrize("name", ["34 provinces", "long names", "20 years", "four names"])
def test_a_picture_shows_something_is_always_the_same_and_small_enough_to_pay_for(name):
    picture = draw(CHARTS[name])
    assert picture == draw(CHARTS[name])
    image = Image.open(io.BytesIO(picture))
    assert image.format == "PNG"
    assert image.width == WIDTH * PIXELS
    colours = image.convert("RGB").getcolors(maxcolors=1000)
    assert colours is not None
    assert len(colours) > 10
    assert len(picture) < 150_000


@EACH
def test_every_figure_of_bars_and_the_latest_of_lines_is_printed_as_the_source_has_it(chart):
    written = {text.get_text() for text in composed(chart).axes[0].texts}
    latest = (
        max((p for p in s.points if p.value is not None), key=lambda p: int(p.label))
        for s in chart.series[:1]
        if chart.kind is ChartKind.LINE
    )
    wanted = latest if chart.kind is ChartKind.LINE else chart.series[0].points
    assert {point.printed for point in wanted} <= written


def drawn_bars(chart):
    """The widths of the bars, from the top."""
    return [
        patch.get_width() for patch in compose(chart).axes[0].patches if patch.get_facecolor() == to_rgba("#1d7f78")
    ]


def test_a_bar_is_as_long_as_its_figure_and_a_missing_figure_has_none():
    half, whole, negative = drawn_bars(bars([point("A", 5), point("B", None), point("C", 10), point("D", -10)]))
    assert whole == pytest.approx(2 * half)
    assert negative == pytest.approx(whole)


def test_without_any_value_there_is_no_picture():
    with pytest.raises(ValueError, match="no figure"):
        draw(bars([point("A", None)]))


LETTERS = (
    "aáàảãạăắằẳẵặâấầẩẫậbcdđeéèẻẽẹêếềểễệghiíìỉĩịklmnoóòỏõọôốồổỗộơớờởỡợpqrstuúùủũụưứừửữựvxyýỳỷỹỵfjwz"
    "0123456789.,;:–-+…“”()%‰/&²³°×"
)


@pytest.mark.parametrize("bold", [False, True], ids=["regular", "bold"])
def test_the_typeface_has_every_vietnamese_letter(bold):
    face = FT2Font(Style(20, 24, bold=bold).font.get_file())
    missing = {letter for letter in LETTERS + LETTERS.upper() if not face.get_char_index(ord(letter))}
    assert missing == set()


def test_lines_are_wrapped_within_their_width_and_what_is_left_out_is_marked():
    style = Style(20, 24)
    wrapped = wrap(TITLE, style, 300, lines=3)
    assert len(wrapped) == 3
    assert wrapped[-1].endswith("…")
    assert max(measure(line, style) for line in wrapped) <= 300
    assert " ".join(wrap(TITLE, style, 300, lines=99)) == TITLE
    assert "".join(wrap("Đ" * 80, style, 300, lines=99)) == "Đ" * 80
    assert wrap("", style, 300, lines=2) == [""]
