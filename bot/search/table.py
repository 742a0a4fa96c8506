"""An immutable index of one table: which rows hold a name, a code or a year, without looking at the rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Table
from bot.core.figures import decimal_mark
from bot.core.findings import ColumnKind, DecimalMark
from bot.core.text import tokens
from bot.search.columns import kind_of
from bot.search.spelling import Vocabulary

Phrase = tuple[str, ...]
Rows = NDArray[np.int32]

_BETWEEN = re.compile(
    r"[;,+]|\.\s|\bvà(?=\s+(?:tỉnh|thành phố|xã|phường|thị trấn|huyện|quận|thị xã|tp))", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]*\)")
_LONGEST_NAME = 9
_MOST_CONTAINING = 400


@dataclass(frozen=True, slots=True)
class Part:
    """One name inside the cells of a column: a whole cell, or one of several that a cell lists.

    ``words`` are folded, without what stands in brackets; ``text`` is as printed.
    """

    column: int
    text: str
    words: Phrase
    rows: Rows


@dataclass(frozen=True, slots=True)
class TableIndex:
    """The names in a table. ``named`` finds parts by their words with up to two leading words left out, and
    ``leading`` are the words with which the names of each column begin.
    """

    hash: str
    columns: tuple[str, ...]
    kinds: tuple[ColumnKind, ...]
    marks: tuple[DecimalMark | None, ...]
    rows: tuple[tuple[str, ...], ...]
    parts: tuple[Part, ...]
    named: dict[Phrase, tuple[int, ...]]
    containing: dict[str, tuple[int, ...]]
    leading: tuple[frozenset[Phrase], ...]
    vocabulary: Vocabulary

    @classmethod
    def build(cls, table: Table) -> "TableIndex":
        """Index ``table``. Pure computation; keep the result, it is as good as long as the table's hash."""
        parts: list[Part] = []
        kinds: list[ColumnKind] = []
        marks: list[DecimalMark | None] = []
        for number, heading in enumerate(table.columns):
            cells = _cells(table.rows, number)
            kind = kind_of(heading, cells)
            kinds.append(kind)
            marks.append(decimal_mark(cells) if kind is ColumnKind.NUMBER else None)
            if kind is not ColumnKind.NUMBER:
                parts.extend(_parts(number, kind, cells))
        containing: dict[str, list[int]] = {}
        named: dict[Phrase, list[int]] = {}
        for key, part in enumerate(parts):
            for word in set(part.words):
                containing.setdefault(word, []).append(key)
            for phrase in _names(part):
                named.setdefault(phrase, []).append(key)
        return cls(
            hash=table.hash,
            columns=table.columns,
            kinds=tuple(kinds),
            marks=tuple(marks),
            rows=table.rows,
            parts=tuple(parts),
            named={phrase: tuple(keys) for phrase, keys in named.items()},
            containing={word: tuple(keys) for word, keys in containing.items()},
            leading=_leading(parts, len(table.columns)),
            vocabulary=Vocabulary({word: number for number, word in enumerate(containing)}),
        )

    def holding(self, phrase: Phrase) -> tuple[int, ...]:
        """The parts in which the words of ``phrase`` stand one behind the other; empty when they are too many."""
        lists = [self.containing.get(word, ()) for word in phrase]
        rarest = min(lists, key=len, default=())
        if len(rarest) > _MOST_CONTAINING:
            return ()
        return tuple(key for key in rarest if _contains(self.parts[key].words, phrase))

    def whole(self, column: int, phrase: Phrase) -> tuple[int, ...]:
        """The parts of ``column`` that consist of exactly the words of ``phrase``."""
        keys = self.named.get(phrase, ())
        return tuple(key for key in keys if self.parts[key].column == column and self.parts[key].words == phrase)

    def union(self, keys: Sequence[int]) -> Rows:
        """The rows, sorted, that hold any of the parts ``keys``."""
        if len(keys) == 1:
            return self.parts[keys[0]].rows
        return np.unique(np.concatenate([self.parts[key].rows for key in keys]))


def _cells(rows: Sequence[Sequence[str]], column: int) -> dict[str, list[int]]:
    """The distinct texts of a column with their rows."""
    cells: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        cells.setdefault(row[column], []).append(number)
    return cells


def _parts(column: int, kind: ColumnKind, cells: dict[str, list[int]]) -> Iterator[Part]:
    found: dict[tuple[Phrase, str], list[int]] = {}
    for cell, rows in cells.items():
        pieces = dict.fromkeys((cell, *_BETWEEN.split(cell))) if kind is ColumnKind.TEXT else (cell,)
        for piece in pieces:
            words = tokens(_BRACKETS.sub(" ", piece)) or tokens(piece)
            if words:
                found.setdefault((words, piece.strip()), []).extend(rows)
    for (words, text), rows in found.items():
        yield Part(column, text, words, np.unique(np.array(rows, np.int32)))


def _names(part: Part) -> Iterator[Phrase]:
    """The phrases by which a part is found: its words, and these without one or two leading ones (a sort of unit)."""
    if len(part.words) <= _LONGEST_NAME:
        yield part.words
        if len(part.words) > 1:
            yield part.words[1:]
        if len(part.words) > 2:
            yield part.words[2:]


def _leading(parts: Sequence[Part], columns: int) -> tuple[frozenset[Phrase], ...]:
    """For every column the one or two words with which its names begin."""
    found: list[set[Phrase]] = [set() for _ in range(columns)]
    for part in parts:
        found[part.column].update((part.words[:1], part.words[:2]))
    return tuple(map(frozenset, found))


def _contains(words: Phrase, phrase: Phrase) -> bool:
    length = len(phrase)
    return any(words[start : start + length] == phrase for start in range(len(words) - length + 1))
