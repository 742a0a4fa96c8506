"""A cell of a spreadsheet as its number format prints it in Vietnam: dots between thousands, a decimal comma.

The file holds 1234.5 and a format; what an office published is the figure that its people saw.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.(?P<decimals>[#0?]*))?")
_DATE_PARTS = re.compile(r"[dmyhs]", re.IGNORECASE)
_SIGNIFICANT = 15  # digits that a spreadsheet keeps
_LARGEST = 1e21

Value = str | float | bool | datetime | date | time | timedelta


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A number format, read: digits, thousands, percent. ``plain`` formats say nothing ("General")."""

    plain: bool = True
    thousands: bool = False
    least: int = 0
    most: int = 0
    zeros: int = 1
    percent: bool = False


def print_cell(value: Value | None, number_format: str = "General") -> str:
    """``value`` as the format prints it; empty for None. Dates are dd/mm/yyyy, months mm/yyyy, times HH:MM."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return value
        case datetime() | date():
            return _print_date(value, number_format)
        case time() | timedelta():
            return _print_time(value)
        case _:
            return _print_number(value, number_format)


def _print_date(value: date, number_format: str) -> str:
    parts = set(_DATE_PARTS.findall(_LITERAL.sub("", number_format).lower()))
    clock = f" {value:%H:%M}" if isinstance(value, datetime) and value.time() != time() else ""
    if parts and "d" not in parts and not clock:
        return f"{value.year}" if parts == {"y"} else f"{value:%m/}{value.year}"
    return f"{value:%d/%m/}{value.year:04}{clock}"


def _print_time(value: time | timedelta) -> str:
    """Of a span, hours go on counting behind a day, as "[h]:mm" shows them."""
    if isinstance(value, time):
        return str(value).removesuffix(":00")
    minutes, seconds = divmod(abs(round(value.total_seconds())), 60)
    sign = "-" if value < timedelta() else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _print_number(value: float, number_format: str) -> str:
    pattern = _read(_section(number_format, value))
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if pattern.plain:
        return _comma(_general(value))
    scaled = abs(value) * (100 if pattern.percent else 1)
    text = f"{scaled:,.{pattern.most}f}" if pattern.thousands else f"{scaled:.{pattern.most}f}"
    whole, _, fraction = text.partition(".")
    while len(fraction) > pattern.least and fraction.endswith("0"):
        fraction = fraction[:-1]
    digits = whole.zfill(pattern.zeros).replace(",", ".") + (f",{fraction}" if fraction else "")
    sign = "-" if value < 0 and any(c in "123456789" for c in digits) else ""
    return f"{sign}{digits}{'%' if pattern.percent else ''}"


def _general(value: float) -> str:
    if value == int(value) and abs(value) < 10**_SIGNIFICANT:
        return str(int(value))
    text = f"{value:.{_SIGNIFICANT}g}"
    return f"{Decimal(text):f}" if abs(value) < _LARGEST else text


def _comma(text: str) -> str:
    return text.replace(".", ",")


def _section(number_format: str, value: float) -> str:
    """The part for this sign: "positive;negative;zero"; literals do not count as separators."""
    sections = _LITERAL.sub(lambda found: "%" if found.group() == "\\%" else "", number_format).split(";")
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 and "0" in sections[2] else sections[0]


@lru_cache(maxsize=512)
def _read(section: str) -> _Pattern:
    found = _DIGITS.search(section)
    general = "general" in section.lower() or "@" in section
    if found is None or general or "e" in section.lower() or "/" in section:  # powers of ten and fractions as numbers
        return _Pattern()
    whole = found.group().partition(".")[0]
    decimals = found["decimals"] or ""
    if found.group().endswith(","):  # shown in thousands without saying so: the number itself is safer
        return _Pattern()
    return _Pattern(
        plain=False,
        thousands="," in whole,
        least=decimals.count("0"),
        most=len(decimals),
        zeros=max(1, whole.count("0")) if "," not in whole else 1,
        percent="%" in section,
    )
