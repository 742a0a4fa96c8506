"""The line that gives the unit of a whole table: "Đơn vị tính: Nghìn người"."""

import re
from collections.abc import Iterable

from bot.core.text import fold, tokens

_LINE = re.compile(
    r"^[\s(]*(?P<sort>đơn vị tính|đvt|đơn vị|unit of measure|unit)\s*[:：]\s*(?P<unit>[^:;]{1,40}?)[\s).]*$",
    re.IGNORECASE,
)
_LONGEST = 40
_BILINGUAL = re.compile(r"(?<=[\w%])\s*[-–/(]+\s*unit\s*:.*$", re.IGNORECASE)
_MEASURES_IN_ORDER = """
    nghin ngan trieu ty tram chuc dong vnd usd do la nguoi ha hecta km km2 km3 m m2 m3 mm cm tan ta yen kg g lit con cai
    chiec co ho lao luot khach hoc giao giuong can chuyen lan vu ca cay bo gio ngay thang nam mw kwh thousand million
    billion person persons ton tons percent
"""
_MEASURES = frozenset(_MEASURES_IN_ORDER.split())
_NO_MEASURE = frozenset({"co quan", "ho so", "hoc vien", "ca nhan", "con nguoi", "ty le"})


def unit_in(lines: Iterable[str]) -> str:
    """The unit that one of ``lines`` gives for the whole table; empty when none does or when it names several.

    "Đơn vị: Sở Y tế" names an agency: after the bare word only what begins like a measure is a unit.
    """
    return next(filter(None, map(read_unit, lines)), "")


def read_unit(line: str) -> str:
    """The unit that ``line`` gives, empty when it is no such line."""
    found = _LINE.match(_BILINGUAL.sub("", " ".join(line.split())))
    if found is None:
        return ""
    unit = found["unit"].strip()
    if not unit or "," in unit:
        return ""
    certain = fold(found["sort"]) != "don vi"
    return unit if certain or _is_measure(unit) else ""


def read_measure(text: str) -> str:
    """The unit that ``text``, which stands alone at the side above a table, may be: "Nghìn ha - Thous. ha"."""
    unit = text.partition(" - ")[0].strip(" ().")
    return unit if len(unit) <= _LONGEST and "," not in unit and _is_measure(unit) else ""


def _is_measure(unit: str) -> bool:
    words = tokens(unit)
    if "%" in unit:
        return True
    return bool(words) and words[0] in _MEASURES and " ".join(words[:2]) not in _NO_MEASURE
