"""An immutable index of one table: which rows hold a name, a code or a year, without looking at the rows.

It lies in arrays – in memory, or in an index file that any number of processes map – and not in Python's objects:
a table of a million rows costs what is touched of it.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Table
from bot.core.findings import ColumnKind, DecimalMark
from bot.search import cells
from bot.search.packed import Packed, Texts, open_packed
from bot.search.parts import Containing, Leading, Named, Part, Parts, Phrase, Rows
from bot.search.table_builder import TableBuilder
from bot.search.words import Words

__all__ = ["Part", "Phrase", "Rows", "TableIndex", "both", "open_table"]

Number = TypeVar("Number", bound=np.integer[Any])

_MOST_CONTAINING = 400
_CHUNK = 1000


class TableIndex:
    """The names in a table, and its rows.

    ``columns`` are as printed, with their ``kinds`` and, where they give it away, decimal ``marks``. ``rows`` and
    ``parts`` are decoded when they are asked for. ``named`` finds parts by their words with up to two leading words
    left out, ``containing`` by a word, and ``leading`` are the one or two words with which the names of each column
    begin.
    """

    __slots__ = (
        "__weakref__",
        "_cell_columns",
        "_cells",
        "_figure_starts",
        "_figures",
        "_numbers",
        "columns",
        "containing",
        "hash",
        "kinds",
        "leading",
        "marks",
        "named",
        "parts",
        "rows",
        "vocabulary",
    )

    def __init__(self, packed: Packed) -> None:
        facts, arrays = packed.facts, packed.arrays
        self.hash: str = facts["hash"]
        self.columns: tuple[str, ...] = tuple(packed.texts("columns"))
        self.kinds = tuple(map(ColumnKind, facts["kinds"]))
        self.marks: tuple[DecimalMark | None, ...] = tuple(facts["marks"])
        self.vocabulary = Words.opened(packed, "vocabulary")
        self._cells: Texts = packed.texts("cells")
        self._numbers: NDArray[np.uint32] = arrays["rows"]
        self._figures: NDArray[np.float64] = arrays["figures"]
        self._figure_starts: NDArray[np.int64] = arrays["figure_starts"]
        self.rows = cells.Rows(self._cells, self._numbers)
        self.parts = Parts(packed, self._cells)
        self.named = Named(packed, self.parts, self.vocabulary)
        self.containing = Containing(packed, self.vocabulary)
        self.leading = tuple(Leading(packed, self.parts, self.vocabulary, n) for n in range(len(self.columns)))

    @classmethod
    def build(cls, table: Table) -> "TableIndex":
        """Index ``table`` in memory. Pure computation; keep the result, it is good as long as the table's hash."""
        builder = TableBuilder(table.hash, table.columns)
        for start in range(0, len(table.rows), _CHUNK):
            builder.add(table.rows[start : start + _CHUNK])
        return cls(builder.packed())

    def holding(self, phrase: Phrase) -> tuple[int, ...]:
        """The parts in which the words of ``phrase`` stand one behind the other; empty when they are too many."""
        lists = [self.containing.keys(word) for word in phrase]
        rarest = min(lists, key=len, default=None)
        if rarest is None or not 0 < len(rarest) <= _MOST_CONTAINING:
            return ()
        numbers = [self.vocabulary.number(word) for word in phrase]
        return tuple(key for key in rarest.tolist() if _contains(self.parts.numbers(key), numbers))

    def whole(self, column: int, phrase: Phrase) -> tuple[int, ...]:
        """The parts of ``column`` that consist of exactly the words of ``phrase``."""
        keys = self.named.keys(phrase)
        if not len(keys):
            return ()
        fitting = (self.parts.columns(keys) == column) & (self.parts.lengths(keys) == len(phrase))
        return tuple(keys[fitting].tolist())

    def union(self, keys: Sequence[int]) -> Rows:
        """The rows, sorted, that hold any of the parts ``keys``."""
        if len(keys) == 1:
            return self.parts.rows(keys[0])
        return np.unique(np.concatenate([self.parts.rows(key) for key in keys]))

    def texts(self, column: int, rows: Rows) -> Iterator[str]:
        """What stands in ``column`` in each of ``rows``."""
        return self._cells.several(self._numbers[column, rows].tolist())

    def counts(self, column: int, rows: Rows) -> Iterator[tuple[str, int]]:
        """The different texts in ``column`` in ``rows``, one by one, and in how many of these each stands."""
        numbers, counts = _counted(self._numbers[column, rows])
        return zip(self._cells.several(numbers.tolist()), counts.tolist(), strict=True)

    def where(self, column: int, rows: Rows, test: Callable[[str], bool]) -> Rows:
        """Those of ``rows`` whose text in ``column`` passes ``test``, which is asked once for each different text."""
        numbers, places = np.unique(self._numbers[column, rows], return_inverse=True)
        passed = np.fromiter(map(test, self._cells.several(numbers.tolist())), np.bool_, len(numbers))
        return rows[passed[places]]

    def beginning(self, column: int, phrase: Phrase) -> tuple[int, ...]:
        """The parts of ``column`` whose words begin with those of ``phrase``."""
        numbers = [self.vocabulary.number(word) for word in phrase]
        keys = min((self.containing.keys(word) for word in phrase), key=len)
        keys = keys[self.parts.columns(keys) == column]
        return tuple(self.parts.beginning_with(keys, numbers).tolist()) if None not in numbers else ()

    def differ(self, column: int, rows: Rows) -> bool:
        """Whether not all of ``rows`` have the same text in ``column``."""
        numbers = self._numbers[column, rows]
        return bool((numbers != numbers[:1]).any())

    def alike(self, column: int, rows: Rows, others: Rows) -> Rows:
        """Those of ``rows`` whose text in ``column`` some row of ``others`` has there, too."""
        numbers = self._numbers[column]
        return rows[np.isin(numbers[rows], np.unique(numbers[others]))]

    def distinct(self, rows: Rows) -> Rows:
        """``rows`` without those that repeat one before them in every column."""
        kinds = np.zeros(len(rows), np.int64)
        first = np.arange(min(len(rows), 1))
        for numbers in self._numbers:
            _, first, kinds = np.unique(
                kinds * len(self._cells) + numbers[rows], return_index=True, return_inverse=True
            )
            if len(first) == len(rows):
                return rows
        return rows[np.sort(first)]

    def figures(self, column: int, rows: Rows) -> NDArray[np.float64]:
        """The number in a NUMBER ``column`` in each of ``rows``; NaN where none is printed."""
        found: NDArray[np.float64] = self._figures[self._numbers[column, rows] + self._figure_starts[column]]
        return found


def both(left: NDArray[Number], right: NDArray[Number]) -> NDArray[Number]:
    """The numbers, of rows or of parts, that are among ``left`` and among ``right`` (both sorted), sorted."""
    few, many = (left, right) if len(left) <= len(right) else (right, left)
    if not len(few):
        return few
    places = np.minimum(np.searchsorted(many, few), len(many) - 1)
    found: NDArray[Number] = few[many[places] == few]
    return found


def _counted(numbers: NDArray[np.uint32]) -> tuple[NDArray[np.integer[Any]], NDArray[np.intp]]:
    """The different ``numbers`` and how often each occurs; where they lie close together many are not sorted."""
    low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    if high - low >= len(numbers):
        return np.unique(numbers, return_counts=True)
    counts = np.bincount(numbers - np.uint32(low))
    found = np.flatnonzero(counts)
    return found + low, counts[found]


def open_table(path: Path, *, checked: bool = False) -> TableIndex:
    """The index in the file at ``path``, mapped. Raises IndexFileError when it is not (wholly) there."""
    return TableIndex(open_packed(path, checked=checked))


def _contains(words: Sequence[int], phrase: Sequence[int | None]) -> bool:
    length = len(phrase)
    return any(words[start : start + length] == phrase for start in range(len(words) - length + 1))
