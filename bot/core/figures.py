"""How a value of a table is printed for people, without altering it, and how it is read as a number."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from bot.core.findings import ColumnKind, DecimalMark

_MISSING_WORDS = frozenset({"n/a", "nan", "null", "none", "không có số liệu", "chưa có số liệu"})
_MISSING_SIGNS = re.compile(r"[.…\-–—_ ]*|\(-\)|#(?:n/a|div/0!|ref!|value!|name\?|num!|null!)", re.IGNORECASE)
_NUMBER = re.compile(r"(?P<sign>[-+−]?)(?P<body>\d[\d., \u00a0\u202f]*)(?P<percent>\s?%)?")
_THOUSANDS = re.compile(r"(?<=\d)(?=(?:\d{3})+$)")
_ISO_DATE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>(?:[01]\d|2[0-3]):[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?)?")
_ISO_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")


def _reading(mark: DecimalMark, other: DecimalMark) -> re.Pattern[str]:
    grouped = rf"[1-9]\d{{0,2}}(?P<group>[{other} \u00a0\u202f])\d{{3}}(?:(?P=group)\d{{3}})*"
    return re.compile(rf"(?P<whole>\d+|{grouped})(?:[{mark}](?P<fraction>\d+))?")


_READINGS: dict[DecimalMark, re.Pattern[str]] = {",": _reading(",", "."), ".": _reading(".", ",")}


def is_missing(text: str, kind: ColumnKind = ColumnKind.NUMBER) -> bool:
    """Whether ``text`` says that the source has no value: blank, dots, dashes, "n/a", an error of a spreadsheet.

    "NA" says so only where numbers are expected.
    """
    value = text.strip()
    if _MISSING_SIGNS.fullmatch(value):
        return True
    word = value.casefold()
    return word in _MISSING_WORDS or (kind is ColumnKind.NUMBER and word == "na")


def format_figure(text: str, kind: ColumnKind, mark: DecimalMark | None = None) -> str | None:
    """``text`` of a column of ``kind`` as Vietnamese readers expect it; None when the source has no value there.

    NUMBER: dots between thousands, a decimal comma, every digit kept ("9361.38" is "9.361,38"). DATE: ISO dates as
    dd/mm/yyyy. TEXT, CODE and YEAR stay as they are, and so does whatever does not look like its kind or begins with a
    zero that counts nothing ("007"). ``mark`` as for :func:`parse_number`.
    """
    value = text.strip()
    if is_missing(value, kind):
        return None
    if kind is ColumnKind.NUMBER:
        return _format_number(value, mark)
    return _format_date(value) if kind is ColumnKind.DATE else value


def parse_number(text: str, mark: DecimalMark | None = None) -> Decimal | None:
    """The number that ``text`` prints, None when it prints none.

    "1.234.567", "1,234,567", "1 234 567", "1234.5", "1.234,5" and "0.123" speak for themselves. A single mark between
    one to three digits and exactly three does not: "1.234" and "1,234" are read the Vietnamese way, as 1234 and as one
    and a bit, unless ``mark`` says what the decimal mark of the column is (:func:`decimal_mark`).
    """
    number = _NUMBER.fullmatch(text.strip())
    if number is None or number["percent"] or (pieces := _read(number["body"], mark)) is None:
        return None
    whole, fraction = pieces
    sign = "-" if number["sign"] in ("-", "−") else ""
    return Decimal(f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}")


def decimal_mark(values: Iterable[str]) -> DecimalMark | None:
    """The decimal mark that the ``values`` of one column give away; None when none does or they disagree.

    "9361.38" gives "." away and "1.234.567" ","; "1.234" alone could be either. A column is printed and read in one way
    by passing the result on.
    """
    evident: set[DecimalMark] = set()
    for value in values:
        if number := _NUMBER.fullmatch(value.strip()):
            possible = [mark for mark, reading in _READINGS.items() if reading.fullmatch(number["body"])]
            evident.update(possible if len(possible) == 1 else ())
    return evident.pop() if len(evident) == 1 else None


def _read(body: str, mark: DecimalMark | None) -> tuple[str, str] | None:
    """The digits before and behind the decimal mark. A ``mark`` that cannot be meant here is not insisted on."""
    possible = {mark: match for mark, reading in _READINGS.items() if (match := reading.fullmatch(body))}
    if not possible:
        return None
    match = possible.get(mark or ",") or next(iter(possible.values()))
    return re.sub(r"\D", "", match["whole"]), match["fraction"] or ""


def _format_number(value: str, mark: DecimalMark | None) -> str:
    number = _NUMBER.fullmatch(value)
    if number is None or (pieces := _read(number["body"], mark)) is None:
        return value
    whole, fraction = pieces
    if whole.startswith("0") and whole != "0":
        return value
    decimals = f",{fraction}" if fraction else ""
    return f"{number['sign']}{_THOUSANDS.sub('.', whole)}{decimals}{number['percent'] or ''}"


def _format_date(value: str) -> str:
    if month := _ISO_MONTH.fullmatch(value):
        return f"{month['month']}/{month['year']}"
    stamp = _ISO_DATE.fullmatch(value)
    if stamp is None:
        return value
    try:
        day = date.fromisoformat(stamp["day"])
    except ValueError:
        return value
    time = "" if stamp["time"] in (None, "00:00") else f" {stamp['time']}"
    return f"{day:%d/%m/%Y}{time}"
