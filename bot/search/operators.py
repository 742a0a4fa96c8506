"""How a question about rows is put: everything in ``data/synonyms/rows.toml``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.text import contradicts, tokens
from bot.toml_file import read_toml

FILE = "rows.toml"
_ADJECTIVES = ("large", "small", "late", "early")
_SECTIONS = frozenset(
    {*_ADJECTIVES, "operators", "scales", "numbers", "cities", "units", "same", "headings", "aggregates"}
)
_ANY = ("bat", "ky")

Phrase = tuple[str, ...]


class Operator(StrEnum):
    """What is to be done with rows or figures; the entries of the section ``operators``."""

    MOST = "most"
    FIRST = "first"
    MORE = "more"
    COMPARE = "compare"
    DIFFERENCE = "difference"
    HOW_MUCH = "how_much"
    RANK = "rank"
    RANK_OF = "rank_of"
    PLACE = "place"
    TOP = "top"
    TOTAL = "total"
    MEAN = "mean"
    ABOVE = "above"
    LEAST = "least"
    BELOW = "below"
    AT_MOST = "at_most"
    AND_MORE = "and_more"
    AND_LESS = "and_less"
    BEFORE = "before"
    AFTER = "after"
    SINCE = "since"
    UNTIL = "until"
    NOW = "now"
    ALL_YEARS = "all_years"
    LATEST = "latest"
    NOTHING = "nothing"
    ATTRIBUTE = "attribute"
    FILLER = "filler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjective:
    """A word of size or age: ``sign`` +1 for large and late, ``of_years`` for age, ``measures`` it speaks of.

    ``any_figure`` when it may speak of any other where there are none of these.
    """

    sign: int
    of_years: bool
    measures: tuple[Phrase, ...]
    any_figure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """``rows.toml``, checked. Keys are folded phrases.

    ``spelled`` is how ``phrases`` are written. ``same`` are phrases with others that name the very same figure.
    ``leading`` and ``trailing`` are parts of headings that people leave out, ``cities`` the provinces that are cities,
    ``totals`` the names of rows that add up others and ``total_beginnings`` how such names begin.
    """

    adjectives: Mapping[Phrase, Adjective]
    phrases: Mapping[Phrase, frozenset[Operator]]
    spelled: Mapping[Phrase, tuple[str, ...]]
    scales: Mapping[str, int]
    numbers: Mapping[str, int]
    cities: frozenset[Phrase]
    units: Mapping[Phrase, str]
    same: Mapping[Phrase, Phrase]
    leading: frozenset[Phrase]
    trailing: frozenset[Phrase]
    totals: frozenset[Phrase]
    total_beginnings: frozenset[Phrase]
    longest: int

    def means(self, phrase: Phrase, typed: str) -> bool:
        """Whether ``phrase`` may be an operator as it was ``typed``: "chợ nào" is not "chỗ nào"."""
        return typed.isascii() or not all(contradicts(typed, written) for written in self.spelled.get(phrase, ()))

    def __hash__(self) -> int:
        return hash((self.longest, len(self.phrases), len(self.adjectives)))


def load_operators(folder: Path) -> Operators:
    """Read ``folder/rows.toml``. Raises ContentError with file, key and reason for the first bad row."""
    content = _read(folder)
    adjectives = dict(_adjectives(content))
    phrases: dict[Phrase, frozenset[Operator]] = {}
    spelled: dict[Phrase, tuple[str, ...]] = {}
    for name, row in content["operators"].items():
        if name not in set(Operator):
            raise ContentError(FILE, f"operators.{name}", "unknown operator")
        for phrase, text in zip(_phrases(f"operators.{name}", row), row, strict=True):
            phrases[phrase] = phrases.get(phrase, frozenset()) | {Operator(name)}
            spelled[phrase] = (*spelled.get(phrase, ()), text)
    return Operators(
        adjectives=adjectives,
        phrases=phrases,
        spelled=spelled,
        scales=dict(_numbers("scales", content["scales"])),
        numbers=dict(_numbers("numbers", content["numbers"])),
        cities=frozenset(_phrases("cities.names", content["cities"].get("names"))),
        units={phrase: str(unit) for typed, unit in content["units"].items() for phrase in _phrases("units", [typed])},
        same=dict(_same(content["same"])),
        leading=frozenset(_phrases("headings.leading", content["headings"].get("leading"))),
        trailing=frozenset(_phrases("headings.trailing", content["headings"].get("trailing"))),
        totals=frozenset(_phrases("aggregates.names", content["aggregates"].get("names"))),
        total_beginnings=frozenset(_phrases("aggregates.beginnings", content["aggregates"].get("beginnings"))),
        longest=max(map(len, (*adjectives, *phrases))),
    )


def _read(folder: Path) -> dict[str, Any]:
    content = read_toml(folder / FILE)
    for section in sorted(_SECTIONS ^ set(content)):
        raise ContentError(FILE, section, "unknown section" if section in content else "section is missing")
    return content


def _adjectives(content: Mapping[str, Any]) -> Iterator[tuple[Phrase, Adjective]]:
    for section in _ADJECTIVES:
        for word, row in content[section].items():
            measures = tuple(_phrases(f"{section}.{word}", row))
            adjective = Adjective(
                sign=1 if section in ("large", "late") else -1,
                of_years=section in ("late", "early"),
                measures=tuple(phrase for phrase in measures if phrase != _ANY),
                any_figure=not measures or _ANY in measures,
            )
            for phrase in _phrases(section, [word]):
                yield phrase, adjective


def _phrases(key: str, row: object) -> Iterator[Phrase]:
    if not isinstance(row, list):
        raise ContentError(FILE, key, "needs a list")
    for text in row:
        phrase = tokens(text) if isinstance(text, str) else ()
        if not phrase:
            raise ContentError(FILE, key, f"{text!r} holds no word")
        yield phrase


def _same(rows: Mapping[str, Any]) -> Iterator[tuple[Phrase, Phrase]]:
    for typed, meant in rows.items():
        yield next(_phrases("same", [typed])), next(_phrases(f"same.{typed}", [meant]))


def _numbers(section: str, rows: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for word, number in rows.items():
        (phrase,) = _phrases(section, [word])
        if len(phrase) != 1 or not isinstance(number, int):
            raise ContentError(FILE, f"{section}.{word}", "needs one word and a whole number")
        yield phrase[0], number
