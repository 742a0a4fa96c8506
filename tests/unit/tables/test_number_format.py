"""A cell of a spreadsheet is printed as its format shows it in Vietnam."""

from datetime import date, datetime, time, timedelta

import pytest

from bot.core.figures import decimal_mark, parse_number
from gateway.tables.number_format import print_cell

PRINTED = {
    "a whole number": (1234, "General", "1234"),
    "a decimal": (1234.5, "General", "1234,5"),
    "what a computer makes of 0.1 + 0.2": (0.1 + 0.2, "General", "0,3"),
    "a large number": (2161755.0, "General", "2161755"),
    "a very small number": (0.00001234, "General", "0,00001234"),
    "thousands": (1234567, "#,##0", "1.234.567"),
    "thousands and a decimal": (1234.5, "#,##0.0", "1.234,5"),
    "decimals that are always shown": (12, "0.00", "12,00"),
    "decimals that may be missing": (12.5, "#,##0.##", "12,5"),
    "rounded as shown": (3.14159, "0.00", "3,14"),
    "per cent": (0.1234, "0.0%", "12,3%"),
    "accounting": (-1234.5, '_(* #,##0.0_);_(* \\(#,##0.0\\);_(* "-"??_);_(@_)', "-1.234,5"),
    "zero of accounting": (0, '_(* #,##0.0_);_(* \\(#,##0.0\\);_(* "-"??_);_(@_)', "0,0"),
    "negative": (-5, "#,##0;[Red]-#,##0", "-5"),
    "no negative zero": (-0.001, "0.0", "0,0"),
    "a code with zeros in front": (743, "00000", "00743"),
    "with a literal": (12, '0" ha"', "12"),
    "a format in thousands": (1234567, "#,##0,", "1234567"),
    "a fraction": (0.5, "# ?/?", "0,5"),
    "powers of ten": (1234.5, "0.00E+00", "1234,5"),
    "text": ("Xã A", "@", "Xã A"),
    "nothing": (None, "General", ""),
    "yes": (True, "General", "TRUE"),
    "a date": (date(2024, 3, 5), "yyyy-mm-dd", "05/03/2024"),
    "a date and time": (datetime(2024, 3, 5, 7, 30), "d/m/yy h:mm", "05/03/2024 07:30"),  # noqa: DTZ001
    "midnight is no time": (datetime(2024, 3, 5), "mm-dd-yy", "05/03/2024"),  # noqa: DTZ001
    "a month": (datetime(2024, 3, 1), "mm/yyyy", "03/2024"),  # noqa: DTZ001
    "a year": (datetime(2024, 1, 1), "yyyy", "2024"),  # noqa: DTZ001
    "a time": (time(7, 30), "h:mm", "07:30"),
    "a time with seconds": (time(7, 30, 5), "h:mm:ss", "07:30:05"),
    "a span": (timedelta(hours=30), "[h]:mm", "30:00"),
    "no number": (float("nan"), "0.0", ""),
    "no end": (float("inf"), "General", ""),
}


@pytest.mark.parametrize(("value", "number_format", "printed"), PRINTED.values(), ids=PRINTED)
def test_a_cell_is_printed(value, number_format, printed):
    assert print_cell(value, number_format) == printed


@pytest.mark.parametrize("number_format", ["General", "#,##0", "#,##0.000", "0.000"])
@pytest.mark.parametrize("value", [1, 999, 1000, 12345, 1234567, 98.114, 7.02, 0.5, 1204.75])
def test_what_is_printed_is_read_back_as_the_number_that_was_shown(value, number_format):
    shown = round(value) if number_format == "#,##0" else value
    printed = print_cell(value, number_format)
    assert float(parse_number(printed, decimal_mark([printed])) or 0) == pytest.approx(shown)
