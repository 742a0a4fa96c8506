"""The names inside the cells of a table, numbered, with the rows that hold them and the words that they consist of."""

import re
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.findings import ColumnKind
from bot.core.text import tokens
from bot.search.cells import Numbers
from bot.search.packed import TextWriter, distinct, ends_of

Keys = NDArray[np.uint64]

LONGEST_NAME = 9
"""Words of the longest name that is found by its words."""
LEFT_OUT = 2
"""Leading words that may be left out of a name: a sort of unit has one or two."""

_ONLY_PARTLY = (
    r"(?:\bvà\s+)?\b(?:một\s+)?phần\s+(?:diện\s+tích\s+tự\s+nhiên|còn\s+lại)(?:\s+của)?|\bquy\s+mô\s+dân\s+số\s+của"
)
_PARTLY = re.compile(_ONLY_PARTLY, re.IGNORECASE)
"""How resolutions say that only a part of a unit was merged: such words are nobody's name."""
_BETWEEN = re.compile(
    rf"{_ONLY_PARTLY}|[;,+]|\.\s|\bvà(?=\s+(?:tỉnh|thành phố|xã|phường|thị trấn|huyện|quận|thị xã|tp))", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]*\)")
_FACTOR = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


class PartCollector:
    """Gathers the parts of one column after the other; ``words`` are the different words met so far, numbered."""

    def __init__(self) -> None:
        self.words: dict[str, int] = {}
        self._flat, self._lengths = array("I"), array("I")
        self._names = TextWriter()
        self._columns, self._texts = array("I"), array("I")
        self._rows: list[Numbers] = [np.zeros(0, np.uint32)]
        self._row_counts: list[Numbers] = [np.zeros(0, np.uint32)]

    def add(self, column: int, kind: ColumnKind, cells: Sequence[str], first: int, numbers: Numbers) -> list[str]:
        """Take the parts of ``column``: its distinct ``cells``, numbered from ``first``, ``numbers`` one for each row.

        Returns the texts of parts that are no whole cell; their numbers go on behind those of the cells.
        """
        known: dict[str, int] = {}
        more, names = list[str](), list[str]()
        held, holding = array("I"), array("I")
        for at, cell in enumerate(cells):
            for piece in _pieces(cell, kind):
                text = piece.strip()
                part = known.get(text)
                if part is None:
                    words = words_of(text)
                    if not words:
                        continue
                    part = known[text] = len(known)
                    names.append(" ".join(words))
                    if text != cell:
                        more.append(text)
                    self._note(column, words, first + at if text == cell else first + len(cells) + len(more) - 1)
                held.append(part)
                holding.append(at)
        rows, counts = _rows_of(np.array(held, np.uint32), np.array(holding, np.uint32), numbers, len(known))
        self._names.add(names)
        self._rows.append(rows)
        self._row_counts.append(counts)
        return more

    def _note(self, column: int, words: Sequence[str], text: int) -> None:
        number = self.words.setdefault
        self._columns.append(column)
        self._texts.append(text)
        self._lengths.append(len(words))
        self._flat.extend([number(word, len(self.words)) for word in words])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything about the parts that an index keeps."""
        flat, lengths = np.array(self._flat, np.uint32), np.array(self._lengths, np.uint32)
        columns = np.array(self._columns, np.uint32)
        names, named = _names(flat, lengths)
        leads, leading = _leads(flat, lengths, columns)
        word_holders, word_ends = _holders(flat, lengths, len(self.words))
        return {
            **self._names.texts().arrays("part.names"),
            "part.columns": columns,
            "part.texts": np.array(self._texts, np.uint32),
            "part.words": flat,
            "part.word_ends": ends_of(lengths),
            "part.rows": np.concatenate(self._rows).astype(np.int32),
            "part.row_ends": ends_of(np.concatenate(self._row_counts)),
            "names": names,
            "named": named,
            "leads": leads,
            "leading": leading,
            "holders": word_holders,
            "holder_ends": word_ends,
        }


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a part without what stands in brackets, unless nothing else is there."""
    return tokens(_BRACKETS.sub(" ", text)) or tokens(text)


def hash_of(words: Sequence[int], start: int = 0) -> int:
    """The hash by which the numbers of ``words`` are found among names or (from a column on) leads."""
    total = start
    for word in words:
        total = (total * _FACTOR + word + 1) & _MASK
    return total


def _pieces(cell: str, kind: ColumnKind) -> Iterable[str]:
    if kind is not ColumnKind.TEXT:
        return (cell,)
    return dict.fromkeys((*(() if _PARTLY.search(cell) else (cell,)), *_BETWEEN.split(cell)))


def _rows_of(held: Numbers, holding: Numbers, numbers: Numbers, parts: int) -> tuple[Numbers, Numbers]:
    """The rows of every part, sorted, one part behind the other, and how many each has.

    Part ``held[n]`` stands in cell ``holding[n]``; ``numbers`` is the cell of each row.
    """
    by_cell = np.argsort(numbers, kind="stable").astype(np.uint32)
    counts = np.bincount(numbers, minlength=int(holding.max(initial=0)) + 1)
    starts = np.cumsum(counts) - counts
    sizes = counts[holding]
    places = (
        np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes) + np.repeat(starts[holding], sizes)
    )
    pairs = np.repeat(held, sizes).astype(np.uint64) << np.uint64(32) | by_cell[places]
    pairs = distinct(pairs)
    found = np.bincount((pairs >> np.uint64(32)).astype(np.int64), minlength=parts)
    return pairs.astype(np.uint32), found.astype(np.uint32)


def _names(flat: Numbers, lengths: Numbers) -> tuple[Keys, Numbers]:
    """Sorted hashes of the words of every name, with up to two leading words left out, and whose they are."""
    hashes, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint32)]
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    for length in range(1, LONGEST_NAME + 1):
        parts = np.flatnonzero(lengths == length).astype(np.uint32)
        for left_out in range(min(length, LEFT_OUT + 1)):
            hashes.append(_hashes(flat, starts[parts] + left_out, length - left_out, np.zeros(len(parts), np.uint64)))
            owners.append(parts)
    return _in_order(np.concatenate(hashes), np.concatenate(owners))


def _leads(flat: Numbers, lengths: Numbers, columns: Numbers) -> tuple[Keys, Numbers]:
    """Sorted hashes of column and the first one or two words of its names, and one name that begins so."""
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    every, longer = np.arange(len(lengths), dtype=np.uint32), np.flatnonzero(lengths > 1).astype(np.uint32)
    first = _hashes(flat, starts, 1, columns.astype(np.uint64) + np.uint64(1))
    second = _hashes(flat, starts[longer], 2, columns[longer].astype(np.uint64) + np.uint64(1))
    hashes, owners = _in_order(np.concatenate([first, second]), np.concatenate([every, longer]))
    first_of_each = np.concatenate((np.ones(min(1, len(hashes)), np.bool_), hashes[1:] != hashes[:-1]))
    return hashes[first_of_each], owners[first_of_each]


def _holders(flat: Numbers, lengths: Numbers, words: int) -> tuple[Numbers, NDArray[Any]]:
    """For every word the parts that hold it, one word behind the other, and where each ends."""
    owners = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    pairs = distinct(flat.astype(np.uint64) << np.uint64(32) | owners)
    counts = np.bincount((pairs >> np.uint64(32)).astype(np.int64), minlength=words)
    return pairs.astype(np.uint32), ends_of(counts)


def _hashes(flat: Numbers, starts: NDArray[np.int64], length: int, seeds: Keys) -> Keys:
    totals = seeds
    for offset in range(length):
        totals = totals * np.uint64(_FACTOR) + flat[starts + offset].astype(np.uint64) + np.uint64(1)
    return totals


def _in_order(hashes: Keys, owners: Numbers) -> tuple[Keys, Numbers]:
    order = np.lexsort((owners, hashes))
    return hashes[order], owners[order]
