"""Units below the province: the communes since 01/07/2025, and the former communes and districts they were made of.

Known for the provinces whose lists lie in ``data/places/``; of other provinces a commune is only a name that nothing
explains. Districts ended on 01/07/2025 (law 72/2025/QH15), so every district is a former one.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.errors import ContentError
from bot.core.text import contradicts, tokens

Phrase = tuple[str, ...]

_WORD = re.compile(r"\w+")
_COMMUNES, _DISTRICTS = "communes.csv", "districts.csv"
_COLUMNS = {_COMMUNES: ("province", "code", "name", "former"), _DISTRICTS: ("province", "former_province", "name")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A commune or district, ``name`` with its sort as printed; ``province`` is an id of today.

    A ``former`` unit no longer exists; ``now`` names the communes that took over its territory (of a district: none is
    known by name) and ``within`` where it lay, as far as the source says it.
    """

    name: str
    province: str
    former: bool = False
    district: bool = False
    now: tuple[str, ...] = ()
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMention:
    """Words ``start`` … ``end`` (exclusive) of a text name a unit: one of ``units``, existing ones first.

    ``name`` are its folded words without the sort.
    """

    units: tuple[Unit, ...]
    start: int
    end: int
    name: Phrase

    @property
    def provinces(self) -> frozenset[str]:
        """The provinces in which it may lie."""
        return frozenset(unit.province for unit in self.units)


@dataclass(frozen=True, slots=True)
class Units:
    """All units by their folded name with its sort ("xa", "tinh", "khe") in ``full`` and without it in ``bare``."""

    sorts: frozenset[Phrase]
    full: Mapping[Phrase, tuple[Unit, ...]] = field(default_factory=dict)
    bare: Mapping[Phrase, tuple[Unit, ...]] = field(default_factory=dict)
    longest: int = 0

    @classmethod
    def of(cls, units: Iterable[Unit], sorts: Iterable[Phrase]) -> "Units":
        """Index ``units``; ``sorts`` are the folded sorts of units below the province."""
        known = frozenset(sorts)
        full: dict[Phrase, list[Unit]] = {}
        bare: dict[Phrase, list[Unit]] = {}
        for unit in sorted(units, key=lambda unit: unit.former):
            words = tokens(unit.name)
            full.setdefault(words, []).append(unit)
            bare.setdefault(words[_length_of_sort(words, known) :], []).append(unit)
        longest = max(map(len, full), default=0)
        return cls(known, {k: tuple(v) for k, v in full.items()}, {k: tuple(v) for k, v in bare.items()}, longest)

    def at(self, words: Sequence[str], typed: Sequence[str], start: int) -> UnitMention | None:
        """The unit that is named with its sort at ``start``, longest name first; None when none is.

        ``typed`` are the words with their diacritics, which decide where they were typed. A unit typed with another
        sort than its own ("phường Tịnh Khê") is meant when no unit of that sort has the name.
        """
        sort = _length_of_sort(words[start:], self.sorts)
        if not sort:
            return None
        for end in range(min(start + self.longest, len(words)), start + sort, -1):
            found = self.full.get(tuple(words[start:end])) or self.bare.get(tuple(words[start + sort : end]), ())
            mention = _mention(found, typed, start + sort, end)
            if mention:
                return UnitMention(units=mention, start=start, end=end, name=tuple(words[start + sort : end]))
        return None

    def bare_at(self, words: Sequence[str], typed: Sequence[str], start: int) -> UnitMention | None:
        """The unit whose name of two or more words stands at ``start`` without its sort, longest name first."""
        for end in range(min(start + self.longest, len(words)), start + 1, -1):
            mention = _mention(self.bare.get(tuple(words[start:end]), ()), typed, start, end)
            if mention:
                return UnitMention(units=mention, start=start, end=end, name=tuple(words[start:end]))
        return None


def load_units(folder: Path, sorts: Iterable[Phrase], provinces: Iterable[str]) -> Units:
    """Read the lists in ``folder`` (``data/places``). Raises ContentError with file, line and reason."""
    known = frozenset(provinces)
    communes = _communes(_rows(folder, _COMMUNES, known))
    return Units.of((*communes, *_districts(_rows(folder, _DISTRICTS, known))), sorts)


def _mention(units: Sequence[Unit], typed: Sequence[str], start: int, end: int) -> tuple[Unit, ...]:
    """Those of ``units`` that the typed diacritics allow."""
    text = " ".join(typed[start:end])
    length = end - start
    return tuple(unit for unit in units if not contradicts(text, " ".join(_WORD.findall(unit.name)[-length:])))


def _length_of_sort(words: Sequence[str], sorts: frozenset[Phrase]) -> int:
    """How many words of a sort stand in front; 0 when none, or nothing else does."""
    return next((n for n in (2, 1) if len(words) > n and tuple(words[:n]) in sorts), 0)


def _communes(rows: Iterable[Mapping[str, str]]) -> Iterator[Unit]:
    successors: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        name, province = row["name"], row["province"]
        yield Unit(name=name, province=province)
        for former in filter(None, map(str.strip, row["former"].split("|"))):
            successors.setdefault((province, former), []).append(name)
    for (province, former), now in successors.items():
        name, _, within = former.partition(" (")
        if now != [name]:
            yield Unit(name=name, province=province, former=True, now=tuple(now), within=within.rstrip(")"))


def _districts(rows: Iterable[Mapping[str, str]]) -> Iterator[Unit]:
    for row in rows:
        within = row["former_province"]
        yield Unit(name=row["name"], province=row["province"], former=True, district=True, within=within)


def _rows(folder: Path, name: str, provinces: frozenset[str]) -> list[dict[str, str]]:
    try:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != _COLUMNS[name]:
                raise ContentError(name, "line 1", f"the columns must be {', '.join(_COLUMNS[name])}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ContentError(name, "file", f"cannot be read: {error}") from error
    for line, row in enumerate(rows, 2):
        if row["province"] not in provinces:
            raise ContentError(name, f"line {line}", f"{row['province']!r} is no province")
        if not tokens(row["name"] or ""):
            raise ContentError(name, f"line {line}", "name is missing")
    return rows
