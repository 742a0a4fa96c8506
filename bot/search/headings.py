"""Which columns of a table a question may ask for: their headings as people say them. Understood once per table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.core.findings import Column, ColumnKind, ColumnRole, DecimalMark
from bot.core.text import tokens
from bot.search.columns import describe, heading_of, without_year, year_of
from bot.search.lexicon import Lexicon, Phrase

_SHORTEST_REPAIRED = 4
_UNDERSTOOD = 512
"""Tables whose columns are kept understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The columns of one table, the year that each stands for, and the phrases that ask for them.

    ``own`` are the phrases of every column by its number.
    """

    columns: tuple[Column, ...]
    years: tuple[int | None, ...]
    asking: dict[Phrase, tuple[int, ...]]
    own: tuple[tuple[Phrase, ...], ...]
    words: frozenset[str]
    roles: Mapping[ColumnRole, tuple[int, ...]]

    def with_role(self, role: ColumnRole) -> tuple[int, ...]:
        """The numbers of the columns that say ``role`` of a row."""
        return self.roles.get(role, ())

    def of_kind(self, kind: ColumnKind) -> tuple[int, ...]:
        """The numbers of the columns of ``kind``."""
        return tuple(number for number, column in enumerate(self.columns) if column.kind is kind)

    def near(self, word: str) -> tuple[str, ...]:
        """The words of headings that are one slip away from ``word``."""
        return tuple(other for other in sorted(self.words) if OSA.distance(word, other, score_cutoff=1) <= 1)

    @property
    def name(self) -> int:
        """The column that names a row."""
        return (*self.with_role(ColumnRole.NAME), 0)[0]


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """What the understanding depends on: equal keys, equal headings. Keeps its lexicon alive, so that "is" decides."""

    columns: tuple[str, ...]
    kinds: tuple[ColumnKind, ...]
    marks: tuple[DecimalMark | None, ...]
    lexicon: Lexicon

    def __hash__(self) -> int:
        return hash((self.columns, self.kinds, id(self.lexicon)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Key) or self.lexicon is not other.lexicon:
            return False
        return (self.columns, self.kinds, self.marks) == (other.columns, other.kinds, other.marks)


def understand_headings(
    columns: tuple[str, ...],
    kinds: tuple[ColumnKind, ...],
    marks: tuple[DecimalMark | None, ...],
    lexicon: Lexicon,
) -> Headings:
    """The headings of a table with these columns; kept for the tables that were asked last."""
    return _understand(_Key(columns, kinds, marks, lexicon))


@lru_cache(maxsize=_UNDERSTOOD)
def _understand(key: _Key) -> Headings:
    described = describe(key.columns, key.kinds, key.lexicon)
    marked = tuple(replace(column, mark=mark) for column, mark in zip(described, key.marks, strict=True))
    own = tuple(tuple(dict.fromkeys(_phrases(column, key.lexicon))) for column in marked)
    asking: dict[Phrase, list[int]] = {}
    for number, phrases in enumerate(own):
        for phrase in phrases:
            asking.setdefault(phrase, []).append(number)
    return Headings(
        columns=marked,
        years=tuple(year_of(column) for column in key.columns),
        asking={phrase: tuple(numbers) for phrase, numbers in asking.items()},
        own=own,
        roles={role: tuple(n for n, column in enumerate(marked) if column.role is role) for role in ColumnRole},
        words=frozenset(word for phrase in asking for word in phrase if len(word) >= _SHORTEST_REPAIRED),
    )


def _phrases(column: Column, lexicon: Lexicon) -> Iterator[Phrase]:
    """How people ask for ``column``: as the lexicon says, and without words that add nothing to a heading."""
    rest = without_year(column.name)
    if column.kind is ColumnKind.NUMBER and column.unit:
        yield from _amounts_of(column.unit, lexicon)
    if not rest:
        return
    for phrase in heading_of(rest, lexicon).phrases:
        yield phrase
        yield from _shortened(phrase, lexicon)


def _amounts_of(unit: str, lexicon: Lexicon) -> Iterator[Phrase]:
    """Ways to ask for a figure by its unit: "bao nhiêu ha", "mấy ngày"."""
    printed = tokens(unit)
    for phrase, meant in lexicon.operators.units.items():
        if tokens(meant) == printed[-1:]:
            yield ("bao", "nhieu", *phrase)
            yield ("may", *phrase)


def _shortened(phrase: Phrase, lexicon: Lexicon) -> Iterator[Phrase]:
    operators = lexicon.operators
    ends = [len(phrase), *(n for n in range(2, len(phrase)) if phrase[n:] in operators.trailing)]
    starts = [0, *(n for n in range(1, len(phrase) - 1) if phrase[:n] in operators.leading)]
    for start in starts:
        yield from (phrase[start:end] for end in ends if (start, end) != (0, len(phrase)) and end - start > 1)


def say_measures(phrases: Sequence[Phrase], headings: Headings) -> tuple[int, ...]:
    """The columns of numbers that people ask for by one of ``phrases``, or by words that begin with it."""
    return tuple(
        number
        for number in headings.of_kind(ColumnKind.NUMBER)
        if any(own[: len(phrase)] == phrase for own in headings.own[number] for phrase in phrases)
    )
