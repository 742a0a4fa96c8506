"""The cells of a table in arrays: every distinct text of a column once, and for each row which of them it has."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

from bot.search.packed import Texts, TextWriter

Numbers = NDArray[np.uint32]


class Rows(Sequence[tuple[str, ...]]):
    """The rows of a table, decoded when they are asked for; ``numbers[column, row]`` is the text of a cell."""

    __slots__ = ("_numbers", "_texts")

    def __init__(self, texts: Texts, numbers: Numbers) -> None:
        self._texts, self._numbers = texts, numbers

    def __len__(self) -> int:
        return int(self._numbers.shape[1])

    @overload
    def __getitem__(self, index: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[tuple[str, ...], ...]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, ...] | tuple[tuple[str, ...], ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        return tuple(self._texts.several(self._numbers[:, index].tolist()))

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return (self[number] for number in range(len(self)))


class CellReader:
    """Takes the rows of a table bit by bit and gives its columns one by one: as little as possible is kept at once."""

    def __init__(self, width: int) -> None:
        self._columns = [TextWriter() for _ in range(width)]
        self.rows = 0

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Take the next rows."""
        self.rows += len(rows)
        for column, writer in enumerate(self._columns):
            writer.add(row[column] for row in rows)

    def take(self, column: int) -> tuple[list[str], Numbers]:
        """The distinct texts of ``column`` in the order of their first row, and the number of each row's text.

        The column is forgotten: it can be taken once.
        """
        cells, self._columns[column] = self._columns[column].texts(), TextWriter()
        known: dict[str, int] = {}
        number, texts = known.setdefault, cells.several(range(len(cells)))
        numbers = np.fromiter((number(text, len(known)) for text in texts), np.uint32, len(cells))
        return list(known), numbers
