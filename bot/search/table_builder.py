"""Build the index of a table from its rows, which come bit by bit: a million of them must not need gigabytes."""

from array import array
from collections.abc import Sequence

import numpy as np

from bot.core.figures import decimal_mark
from bot.core.findings import ColumnKind, DecimalMark
from bot.search.cells import CellReader, Numbers
from bot.search.columns import kind_of, read_number
from bot.search.packed import Packed, Texts, TextWriter
from bot.search.part_collector import PartCollector
from bot.search.words import Words


class TableBuilder:
    """Takes the rows of a table and packs its index. Pure computation, a few µs a cell."""

    def __init__(self, content: str, columns: Sequence[str]) -> None:
        self._hash, self._columns = content, columns
        self._reader = CellReader(len(columns))
        self._parts = PartCollector()
        self._cells = TextWriter()
        self._figures, self._figure_starts = array("d"), array("q")
        self._kinds: list[ColumnKind] = []
        self._marks: list[DecimalMark | None] = []

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Take the next rows."""
        self._reader.add(rows)

    def packed(self) -> Packed:
        """The index of all rows that were taken. To be called once."""
        numbers = np.zeros((len(self._columns), self._reader.rows), np.uint32)
        for column in range(len(self._columns)):
            numbers[column] = self._take(column)
        arrays = {
            **Texts.of(self._columns).arrays("columns"),
            **self._cells.texts().arrays("cells"),
            **self._parts.arrays(),
            **Words.of(self._parts.words).arrays("vocabulary"),
            "rows": numbers,
            "figures": np.array(self._figures, np.float64),
            "figure_starts": np.array(self._figure_starts, np.int64),
        }
        facts = {"hash": self._hash, "kinds": [kind.value for kind in self._kinds], "marks": self._marks}
        return Packed(arrays, facts)

    def _take(self, column: int) -> Numbers:
        """Index a column; the number of each row's text among all cells."""
        cells, numbers = self._reader.take(column)
        kind = kind_of(self._columns[column], cells)
        mark = decimal_mark(cells) if kind is ColumnKind.NUMBER else None
        self._kinds.append(kind)
        self._marks.append(mark)
        first = len(self._cells)
        self._cells.add(cells)
        self._figure_starts.append(len(self._figures) - first)
        if kind is ColumnKind.NUMBER:
            self._figures.extend(read_number(text, mark) for text in cells)
        else:
            self._cells.add(self._parts.add(column, kind, cells, first, numbers))
        return numbers + np.uint32(first)
