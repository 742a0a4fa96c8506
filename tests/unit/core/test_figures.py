"""How values of tables are printed and read."""

from decimal import Decimal

import pytest

from bot.core.figures import DecimalMark, decimal_mark, format_figure, parse_number
from bot.core.findings import ColumnKind


@pytest.mark.parametrize(
    ("text", "kind", "printed"),
    [
        pytest.param("2161755", ColumnKind.NUMBER, "2.161.755", id="integer"),
        pytest.param("999", ColumnKind.NUMBER, "999", id="small integer"),
        pytest.param("1000", ColumnKind.NUMBER, "1.000", id="four digits"),
        pytest.param("9361.38", ColumnKind.NUMBER, "9.361,38", id="decimal point"),
        pytest.param("1234.50", ColumnKind.NUMBER, "1.234,50", id="every digit is kept"),
        pytest.param("1234567.891", ColumnKind.NUMBER, "1.234.567,891", id="three decimals of a large number"),
        pytest.param("-551768.8", ColumnKind.NUMBER, "-551.768,8", id="negative"),
        pytest.param("−5", ColumnKind.NUMBER, "−5", id="negative with a typographic minus"),
        pytest.param("+5.2", ColumnKind.NUMBER, "+5,2", id="a sign stays"),
        pytest.param("0.123", ColumnKind.NUMBER, "0,123", id="below one"),
        pytest.param("12.5%", ColumnKind.NUMBER, "12,5%", id="per cent"),
        pytest.param("2.161.755", ColumnKind.NUMBER, "2.161.755", id="Vietnamese integer"),
        pytest.param("9.361,38", ColumnKind.NUMBER, "9.361,38", id="Vietnamese decimal"),
        pytest.param("1234,5", ColumnKind.NUMBER, "1.234,5", id="decimal comma without dots"),
        pytest.param("1,234,567.5", ColumnKind.NUMBER, "1.234.567,5", id="English"),
        pytest.param("1 234 567", ColumnKind.NUMBER, "1.234.567", id="spaces"),
        pytest.param("1.234", ColumnKind.NUMBER, "1.234", id="ambiguous stays"),
        pytest.param("1,234", ColumnKind.NUMBER, "1,234", id="ambiguous comma stays"),
        pytest.param("007", ColumnKind.NUMBER, "007", id="leading zeros"),
        pytest.param("0", ColumnKind.NUMBER, "0", id="zero is a value"),
        pytest.param(" 15 ", ColumnKind.NUMBER, "15", id="space around"),
        pytest.param("1.2E+06", ColumnKind.NUMBER, "1.2E+06", id="scientific"),
        pytest.param("khoảng 1500", ColumnKind.NUMBER, "khoảng 1500", id="not a number"),
        pytest.param("20.000 VND", ColumnKind.NUMBER, "20.000 VND", id="with a unit"),
        pytest.param("2025-07-01", ColumnKind.DATE, "01/07/2025", id="ISO date"),
        pytest.param("2025-07-01T00:00:00", ColumnKind.DATE, "01/07/2025", id="midnight is no time"),
        pytest.param("2025-07-01 08:30:00", ColumnKind.DATE, "01/07/2025 08:30", id="date and time"),
        pytest.param("2025-07-01T00:00:00Z", ColumnKind.DATE, "2025-07-01T00:00:00Z", id="other time zone, other day"),
        pytest.param("2025-07", ColumnKind.DATE, "07/2025", id="month"),
        pytest.param("2025", ColumnKind.DATE, "2025", id="year"),
        pytest.param("1/7/2025", ColumnKind.DATE, "1/7/2025", id="Vietnamese date"),
        pytest.param("2025-02-30", ColumnKind.DATE, "2025-02-30", id="no such day"),
        pytest.param("2025", ColumnKind.YEAR, "2025", id="a year has no dots"),
        pytest.param("02134", ColumnKind.CODE, "02134", id="code"),
        pytest.param("1234567", ColumnKind.CODE, "1234567", id="long code"),
        pytest.param("2161755", ColumnKind.TEXT, "2161755", id="text"),
        pytest.param("", ColumnKind.TEXT, None, id="empty"),
        pytest.param("  ", ColumnKind.NUMBER, None, id="blank"),
        pytest.param("..", ColumnKind.NUMBER, None, id="two dots"),
        pytest.param("…", ColumnKind.NUMBER, None, id="ellipsis"),
        pytest.param("-", ColumnKind.NUMBER, None, id="hyphen"),
        pytest.param("–", ColumnKind.DATE, None, id="dash"),
        pytest.param("NaN", ColumnKind.NUMBER, None, id="left by a program"),
        pytest.param("#DIV/0!", ColumnKind.NUMBER, None, id="an error of a spreadsheet"),
        pytest.param("....", ColumnKind.NUMBER, None, id="many dots"),
        pytest.param("(-)", ColumnKind.NUMBER, None, id="hyphen in brackets"),
        pytest.param("Chưa có số liệu", ColumnKind.NUMBER, None, id="in words"),
        pytest.param("NA", ColumnKind.TEXT, "NA", id="letters among texts"),
    ],
)
def test_a_value_is_printed_for_people(text: str, kind: ColumnKind, printed: str | None) -> None:
    assert format_figure(text, kind) == printed


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        pytest.param("1.234.567", None, "1234567", id="dots"),
        pytest.param("1,234,567", None, "1234567", id="commas"),
        pytest.param("1\u00a0234\u00a0567,5", None, "1234567.5", id="no-break spaces"),
        pytest.param("1234.5", None, "1234.5", id="decimal point"),
        pytest.param("1.234,5", None, "1234.5", id="Vietnamese"),
        pytest.param("1,234.5", None, "1234.5", id="English"),
        pytest.param("0.123", None, "0.123", id="no group begins with zero"),
        pytest.param("1234.567", None, "1234.567", id="no group has four digits"),
        pytest.param("1.234", None, "1234", id="ambiguous dot, the Vietnamese way"),
        pytest.param("1,234", None, "1.234", id="ambiguous comma, the Vietnamese way"),
        pytest.param("1.234", ".", "1.234", id="ambiguous dot, column with a decimal point"),
        pytest.param("1,234", ".", "1234", id="ambiguous comma, column with a decimal point"),
        pytest.param("1.234,5", ".", "1234.5", id="an evident value beats its column"),
        pytest.param("-5", None, "-5", id="negative"),
        pytest.param("−5,5", None, "-5.5", id="typographic minus"),
        pytest.param("+5", None, "5", id="plus"),
        pytest.param("007", None, "7", id="leading zeros"),
        pytest.param("12.34.56", None, None, id="neither groups nor decimals"),
        pytest.param("1.", None, None, id="nothing behind the mark"),
        pytest.param("12%", None, None, id="per cent is another unit"),
        pytest.param("..", None, None, id="missing"),
        pytest.param("hai", None, None, id="words"),
        pytest.param("", None, None, id="empty"),
    ],
)
def test_a_number_is_read(text: str, mark: DecimalMark | None, number: str | None) -> None:
    assert parse_number(text, mark) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("values", "mark"),
    [
        pytest.param(["98", "1.234", "755768.814"], ".", id="one value with a point"),
        pytest.param(["1.234", "1.234.567"], ",", id="one value with groups of dots"),
        pytest.param(["1.234", "98", "..", "không"], None, id="nothing evident"),
        pytest.param(["1234.5", "1234,5"], None, id="a column that disagrees with itself"),
    ],
)
def test_a_column_gives_its_decimal_mark_away(values: list[str], mark: DecimalMark | None) -> None:
    assert decimal_mark(values) == mark


def test_an_ambiguous_value_is_printed_as_its_column_means_it() -> None:
    assert format_figure("551.814", ColumnKind.NUMBER, decimal_mark(["755768.81", "551.814"])) == "551,814"
