"""Understand the columns of a table: what kind of texts they hold, how they are read out, what they say of a row."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from bot.core.figures import is_missing, parse_number
from bot.core.findings import Column, ColumnKind, ColumnRole, DecimalMark
from bot.core.text import tokens
from bot.search.lexicon import Heading, Lexicon, Phrase, heading_key

_SAMPLE = 2000
_SCIENTIFIC = r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d+"
_NUMBER = re.compile(rf"[-+]?\d[\d.,  ]*%?|{_SCIENTIFIC}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_AROUND_YEAR = frozenset({"nam", "so", "bo", "uoc", "tinh", "year"})
_UNIT_IN_HEADING = re.compile(r"\(([^()]*)\)\s*$")
_FOOTNOTE = re.compile(r"\s*\(\*+\)|\s*\*+|\s*\(\d\)")
_CODE_HEADINGS = frozenset({"ma", "code", "id", "stt", "no", "so_thu_tu"})


def kind_of(heading: str, values: Iterable[str]) -> ColumnKind:
    """What ``values`` (distinct texts as printed) are; missing ones do not count, a column of none is TEXT."""
    sample = [value.strip() for value in islice(values, _SAMPLE)]
    sample = [value for value in sample if not is_missing(value)]
    key = heading_key(heading)
    if not sample:
        return ColumnKind.TEXT
    if all(map(_DATE.fullmatch, sample)):
        return ColumnKind.DATE
    if key.split("_")[0] in _CODE_HEADINGS or any(_has_leading_zero(value) for value in sample):
        return ColumnKind.CODE if all(len(value.split()) == 1 for value in sample) else ColumnKind.TEXT
    if all(map(_YEAR.fullmatch, sample)) and {"nam", "year"} & set(key.split("_")):
        return ColumnKind.YEAR
    return ColumnKind.NUMBER if all(map(_NUMBER.fullmatch, sample)) else ColumnKind.TEXT


def read_number(text: str, mark: DecimalMark | None) -> float:
    """The number that a cell of a column with decimal mark ``mark`` prints, "8.00E+05" too; NaN when it prints none."""
    number = parse_number(text, mark)
    if number is not None:
        return float(number)
    return float(text) if re.fullmatch(_SCIENTIFIC, text) else math.nan


def _has_leading_zero(value: str) -> bool:
    return len(value) > 1 and value.isdigit() and value[0] == "0"


def year_of(heading: str) -> int | None:
    """The year that a column stands for when its heading names a single one ("2015", "Năm 2015", "dan_so_2019")."""
    found = [word for word in tokens(heading.replace("_", " ")) if _YEAR.fullmatch(word)]
    return int(found[0]) if len(found) == 1 else None


def without_year(heading: str) -> str:
    """What a heading says besides its year; empty for a plain year ("Năm 2015", "2019 (sơ bộ)", "2015 (tấn)")."""
    if year_of(heading) is None:
        return heading
    rest = _FOOTNOTE.sub("", _YEAR.sub(" ", heading)).strip(" _-,")
    outside = rest if _AROUND_YEAR.issuperset(tokens(rest)) else _UNIT_IN_HEADING.sub("", rest)
    return rest if set(tokens(outside)) - _AROUND_YEAR else ""


def describe(names: Sequence[str], kinds: Sequence[ColumnKind], lexicon: Lexicon) -> tuple[Column, ...]:
    """The columns as a person reads them; without a known NAME the first plain text is it, else the lowest unit."""
    columns = [_column(name, kind, lexicon) for name, kind in zip(names, kinds, strict=True)]
    if not any(column.role is ColumnRole.NAME for column in columns):
        texts = [number for number, column in enumerate(columns) if column.kind is ColumnKind.TEXT]
        plain = [number for number in texts if columns[number].role is ColumnRole.PLAIN]
        units = [number for number in texts if columns[number].role is ColumnRole.PLACE]
        if chosen := (plain[:1] or units[-1:] or texts[:1]):
            columns[chosen[0]] = replace(columns[chosen[0]], role=ColumnRole.NAME)
    return tuple(columns)


def with_unit_of(description: str, columns: Sequence[Column], lexicon: Lexicon) -> tuple[Column, ...]:
    """``columns`` whose numbers have no unit of their own get the one the description begins with ("Triệu đồng; …")."""
    unit = lexicon.units.get(tokens(re.split(r"[;,.]", description, maxsplit=1)[0]), "")
    if not unit:
        return tuple(columns)
    return tuple(
        replace(column, unit=unit) if column.kind is ColumnKind.NUMBER and not column.unit else column
        for column in columns
    )


def heading_of(name: str, lexicon: Lexicon) -> Heading:
    """How a heading is read: by its entry in the lexicon, else from its own words and the unit at its end."""
    entry = lexicon.headings.get(heading_key(name))
    if entry:
        return entry
    printed = _UNIT_IN_HEADING.search(name)
    if printed:
        inner = tokens(printed.group(1))
        unit = lexicon.units.get(inner, printed.group(1).strip())
        return _composed(name[: printed.start()].strip() or name, unit, lexicon)
    words = tokens(name)
    for length in (2, 1):
        if len(words) > length and words[-length:] in lexicon.units and heading_key(name) == name:
            return _composed("_".join(words[:-length]), lexicon.units[words[-length:]], lexicon)
    return _composed(name, "", lexicon)


def _composed(name: str, unit: str, lexicon: Lexicon) -> Heading:
    known = lexicon.headings.get(heading_key(name))
    words = tokens(name)
    if known:
        return Heading(label=known.label, unit=unit or known.unit, role=known.role, phrases=known.phrases)
    label = accented(words, lexicon) if "_" in name or (name.islower() and name.isascii()) else name
    return Heading(label=label or name, unit=unit, phrases=(words,) if words else ())


def accented(words: Phrase, lexicon: Lexicon) -> str:
    """Folded ``words`` with diacritics as far as the lexicon knows their phrases, beginning with a capital."""
    found: list[str] = []
    start = 0
    while start < len(words):
        for end in range(min(start + 4, len(words)), start, -1):
            part = lexicon.parts.get(words[start:end])
            if part or end == start + 1:
                found.append(part or words[start])
                start = end
                break
    text = " ".join(found)
    return text[:1].upper() + text[1:]


def _column(name: str, kind: ColumnKind, lexicon: Lexicon) -> Column:
    year, rest = year_of(name), without_year(name)
    if year is not None and not rest:
        return Column(name=name, label=str(year), unit=_unit_of_year(name, lexicon), kind=kind)
    heading = heading_of(rest, lexicon)
    label = heading.label if year is None else f"{heading.label}, {year}"
    unit = heading.unit if kind is ColumnKind.NUMBER else ""
    return Column(name=name, label=label, unit=unit, kind=kind, role=heading.role)


def _unit_of_year(name: str, lexicon: Lexicon) -> str:
    """The unit behind a year: "2015 (nghìn tấn)". What tells how sure the year's figures are is none."""
    printed = _UNIT_IN_HEADING.search(name)
    if printed is None or _AROUND_YEAR.issuperset(tokens(printed.group(1))) or _YEAR.search(printed.group(1)):
        return ""
    return lexicon.units.get(tokens(printed.group(1)), printed.group(1).strip())
