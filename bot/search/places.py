"""Provinces, today's and former ones, and how people write them: everything under ``data/places/``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.core.errors import ContentError
from bot.core.text import tokens
from bot.search.units import UnitMention, Units, load_units
from bot.toml_file import read_toml

_PROVINCES = "provinces.toml"
_UNITS = "units.toml"
NATIONAL = ("toan", "quoc")
_SEVERAL = frozenset({"cac", "nhung", "may", "nhieu", "sach"})
"""Words behind which a sort begins no name: "các huyện Kiên Giang", "danh sách xã An Giang", "bao nhiêu huyện …"."""
"""The folded words by which a catalogue marks a dataset of the whole country."""

Phrase = tuple[str, ...]
Free = Callable[[int, int], bool]
"""Whether the words from a position up to another (exclusive) may be a name, because they mean nothing else."""


class Level(StrEnum):
    """Level of an administrative unit; districts ended on 01/07/2025."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """A province since 01/07/2025; ``former`` names the provinces merged into it besides the one whose name it kept."""

    id: str
    name: str
    code: str
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A name of a province: of which one it is today, and whether the name is that of a former province."""

    province: str
    name: str
    former: bool
    spellings: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place found in words ``start`` … ``end`` (exclusive) of a text."""

    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The provinces by id, every spelling of their names, and the sorts of units with their level.

    ``anyway`` are the sorts that people say for every unit of the level, ``units`` the communes and former districts.
    ``compounds`` are words that end like a sort and are none ("hợp tác xã").
    """

    provinces: Mapping[str, Province]
    spellings: Mapping[Phrase, Place]
    sorts: Mapping[Phrase, Level]
    anyway: frozenset[Phrase]
    compounds: frozenset[Phrase]
    words: frozenset[str]
    longest: int
    units: Units

    def find_units(
        self, words: Sequence[str], typed: Sequence[str], *, free: Callable[[int, int], bool]
    ) -> tuple[UnitMention, ...]:
        """The communes and former districts named in folded ``words``, left to right, never overlapping.

        A name counts with its sort in front, beside the name of its province, or alone where the words are ``free``.
        ``typed`` are the words with their diacritics.
        """
        provinces = self.find(words)
        found: list[UnitMention] = []
        start = 0
        while start < len(words):
            unit = self.units.at(words, typed, start) or self._bare_unit(words, typed, start, provinces, free)
            if unit:
                found.append(unit)
            start = unit.end if unit else start + 1
        return tuple(found)

    def _bare_unit(
        self, words: Sequence[str], typed: Sequence[str], start: int, provinces: Sequence[Mention], free: Free
    ) -> UnitMention | None:
        """A unit without its sort: beside its province, or where the words are free. A province's own name is that."""
        unit = self.units.bare_at(words, typed, start)
        if unit is None or any(unit.start < mention.end and mention.start < unit.end for mention in provinces):
            return None
        beside = {
            mention.place.province for mention in provinces if unit.end == mention.start or unit.start == mention.end
        }
        here = tuple(each for each in unit.units if each.province in beside)
        if here:
            return replace(unit, units=here)
        return unit if free(unit.start, unit.end) else None

    def find(self, words: Sequence[str]) -> tuple[Mention, ...]:
        """The provinces named in folded ``words``, left to right, longest name first, never overlapping."""
        found, start = [], 0
        while start < len(words):
            mention = self._mention_at(words, start)
            if mention:
                found.append(mention)
            start = mention.end if mention else start + 1
        return tuple(found)

    def _mention_at(self, words: Sequence[str], start: int) -> Mention | None:
        if words[start] not in self.words:
            return None
        for end in range(min(start + self.longest, len(words)), start, -1):
            place = self.spellings.get(tuple(words[start:end]))
            if place and not self._is_unit(words, start, end):
                return Mention(place=place, start=start, end=end)
        return None

    def _is_unit(self, words: Sequence[str], start: int, end: int) -> bool:
        """Whether a sort in front says that not the province is meant: "phường Phú Thọ", "thành phố Quảng Ngãi"."""
        return any(tuple(words[max(0, start - n) : end]) in self.units.full for n in (1, 2) if start >= n)

    def locate(self, printed: str) -> str | None:
        """The province id of a printed scope (``Yên Bái (nay thuộc Lào Cai)``); "" when national, None when unknown."""
        if not printed.strip():
            return ""
        if printed in self.provinces:
            return printed
        words = tokens(printed)
        if words[: len(NATIONAL)] == NATIONAL:
            return ""
        mentions = self.find(words)
        return mentions[0].place.province if mentions else None

    def sort_ending(self, words: Phrase, end: int) -> Phrase:
        """The sort of unit whose last word stands before word ``end``; empty for none."""
        if any(end >= n and words[end - n : end] in self.compounds for n in (2, 3)):
            return ()
        for length in (2, 1):
            if end >= length and words[end - length : end] in self.sorts:
                return words[end - length : end]
        return ()

    def sort_before(self, words: Phrase, start: int) -> Phrase:
        """The sort of the unit whose name begins at word ``start``; empty for none, and where units are spoken of."""
        sort = self.sort_ending(words, start)
        begin = start - len(sort)
        return () if begin > 0 and words[begin - 1] in _SEVERAL else sort

    def without_sort(self, words: Phrase) -> Phrase:
        """``words`` without the sort of unit in front: ("xa", "tinh", "khe") is ("tinh", "khe"). Never empty."""
        for length in (2, 1):
            if len(words) > length and words[:length] in self.sorts:
                return words[length:]
        return words


def load_places(folder: Path) -> Places:
    """Read ``folder`` (``data/places``). Raises ContentError with file, key and reason for the first bad row."""
    rows = read_toml(folder / _PROVINCES)
    provinces = {key: _province(key, row) for key, row in rows.items()}
    spellings: dict[Phrase, Place] = {}
    for key, row in rows.items():
        _add(spellings, key, row, former=False, extra=[key])
        for former in row.get("former", []):
            _add(spellings, key, former, former=True, extra=["".join(tokens(str(former.get("name", ""))))])
    units = read_toml(folder / _UNITS)
    sorts = {_phrase(_UNITS, sort, sort): _level(sort, level) for sort, level in units.get("sorts", {}).items()}
    if not sorts:
        raise ContentError(_UNITS, "sorts", "section is missing")
    below = [sort for sort, level in sorts.items() if level is not Level.PROVINCE]
    return Places(
        provinces=provinces,
        spellings=spellings,
        sorts=sorts,
        anyway=frozenset(_listed(units, "any", sorts)),
        compounds=frozenset(_phrase(_UNITS, "compounds", text) for text in units.get("compounds", {}).get("words", [])),
        words=frozenset(word for phrase in (*spellings, *sorts) for word in phrase),
        longest=max(map(len, spellings), default=1),
        units=load_units(folder, (*below, *_listed(units, "below", sorts)), provinces),
    )


def _province(key: str, row: object) -> Province:
    if not isinstance(row, dict):
        raise ContentError(_PROVINCES, key, "needs name and code")
    for entry in set(row) - {"name", "code", "aliases", "former"}:
        raise ContentError(_PROVINCES, key, f"unknown entry {entry!r}")
    for entry in ("name", "code"):
        if not isinstance(row.get(entry), str) or not row[entry]:
            raise ContentError(_PROVINCES, key, f"{entry} is missing")
    former = tuple(str(entry.get("name", "")) for entry in row.get("former", []))
    return Province(id=key, name=row["name"], code=row["code"], former=former)


def _add(known: dict[Phrase, Place], key: str, row: Mapping[str, Any], *, former: bool, extra: list[str]) -> None:
    name, aliases = row.get("name"), row.get("aliases", [])
    if not isinstance(name, str) or not name:
        raise ContentError(_PROVINCES, key, "a former province needs a name")
    if not isinstance(aliases, list):
        raise ContentError(_PROVINCES, key, "aliases must be a list")
    phrases = tuple(dict.fromkeys(_phrase(_PROVINCES, key, text) for text in (name, *aliases, *extra)))
    place = Place(province=key, name=name, former=former, spellings=phrases)
    for phrase in phrases:
        if phrase in known:
            raise ContentError(_PROVINCES, key, f"{' '.join(phrase)!r} already means {known[phrase].name}")
        known[phrase] = place


def _listed(units: Mapping[str, Any], section: str, sorts: Mapping[Phrase, Level]) -> Iterator[Phrase]:
    for sort in units.get(section, {}).get("sorts", []):
        phrase = _phrase(_UNITS, section, sort)
        if phrase not in sorts:
            raise ContentError(_UNITS, section, f"{sort!r} is not one of the sorts")
        yield phrase


def _level(sort: str, level: object) -> Level:
    if level not in set(Level):
        raise ContentError(_UNITS, sort, f"unknown level {level!r}")
    return Level(str(level))


def _phrase(file: str, key: str, text: object) -> Phrase:
    phrase = tokens(text) if isinstance(text, str) else ()
    if not phrase:
        raise ContentError(file, key, f"{text!r} holds no word")
    return phrase
