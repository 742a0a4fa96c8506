"""The names in a table as others ask for them: a name by its number, and the numbers by a name's words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from bot.search.packed import Packed, Texts
from bot.search.part_collector import LEFT_OUT, LONGEST_NAME, hash_of
from bot.search.words import Words

Phrase = tuple[str, ...]
Rows = NDArray[np.int32]
Keys = NDArray[np.uint32]

_NONE: Keys = np.zeros(0, np.uint32)


class Part:
    """One name inside the cells of a column: a whole cell, or one of several that a cell lists.

    ``words`` are folded, without what stands in brackets; ``text`` is as printed. Decoded when they are asked for.
    """

    __slots__ = ("_key", "_parts")

    def __init__(self, parts: "Parts", key: int) -> None:
        self._parts, self._key = parts, key

    @property
    def column(self) -> int:
        """The number of the column in which the name stands."""
        return self._parts.column(self._key)

    @property
    def text(self) -> str:
        """The name as printed."""
        return self._parts.text(self._key)

    @property
    def words(self) -> Phrase:
        """Its folded words."""
        return self._parts.words(self._key)

    @property
    def rows(self) -> Rows:
        """The numbers of the rows that hold it, sorted."""
        return self._parts.rows(self._key)


class Parts(Sequence[Part]):
    """The parts of a table by their number."""

    __slots__ = ("_cells", "_columns", "_flat", "_names", "_row_ends", "_rows", "_texts", "_word_ends")

    def __init__(self, packed: Packed, cells: Texts) -> None:
        arrays = packed.arrays
        self._cells, self._names = cells, packed.texts("part.names")
        self._columns, self._texts = arrays["part.columns"], arrays["part.texts"]
        self._flat, self._word_ends = arrays["part.words"], arrays["part.word_ends"]
        self._rows, self._row_ends = arrays["part.rows"], arrays["part.row_ends"]

    def __len__(self) -> int:
        return len(self._columns)

    @overload
    def __getitem__(self, index: int) -> Part: ...
    @overload
    def __getitem__(self, index: slice) -> list[Part]: ...
    def __getitem__(self, index: int | slice) -> Part | list[Part]:
        if isinstance(index, slice):
            return [Part(self, key) for key in range(*index.indices(len(self)))]
        return Part(self, range(len(self))[index])

    def __iter__(self) -> Iterator[Part]:
        return (Part(self, key) for key in range(len(self)))

    def column(self, key: int) -> int:
        """The column of part ``key``."""
        return int(self._columns[key])

    def text(self, key: int) -> str:
        """The text of part ``key``."""
        return self._cells[int(self._texts[key])]

    def words(self, key: int) -> Phrase:
        """The words of part ``key``."""
        return tuple(self._names[key].split())

    def numbers(self, key: int) -> list[int]:
        """The words of part ``key`` by their numbers."""
        found: list[int] = _piece(self._flat, self._word_ends, key).tolist()
        return found

    def rows(self, key: int) -> Rows:
        """The rows that hold part ``key``."""
        return _piece(self._rows, self._row_ends, key)

    def columns(self, keys: Keys) -> Keys:
        """The columns of ``keys``."""
        found: Keys = self._columns[keys]
        return found

    def lengths(self, keys: Keys) -> Keys:
        """How many words each of ``keys`` has."""
        ends = self._word_ends[keys].astype(np.int64)
        starts = np.where(keys > 0, self._word_ends[np.maximum(keys, 1) - 1], 0).astype(np.int64)
        found: Keys = (ends - starts).astype(np.uint32)
        return found

    def beginning_with(self, keys: Keys, numbers: Sequence[int | None]) -> Keys:
        """Those of ``keys`` whose words begin with the words ``numbers``."""
        keys = keys[self.lengths(keys) >= len(numbers)]
        for offset, number in enumerate(numbers):
            starts = self._word_ends[keys].astype(np.int64) - self.lengths(keys)
            keys = keys[self._flat[starts + offset] == number]
        return keys

    def ending_in(self, keys: Keys, numbers: Sequence[int]) -> Keys:
        """Those of ``keys`` whose words end in the words ``numbers``."""
        keys = keys[self.lengths(keys) >= len(numbers)]
        for back, number in enumerate(reversed(numbers), start=1):
            keys = keys[self._flat[self._word_ends[keys].astype(np.int64) - back] == number]
        return keys


class Named:
    """Finds parts by their words, with up to two leading ones left out."""

    __slots__ = ("_hashes", "_keys", "_parts", "_vocabulary")

    def __init__(self, packed: Packed, parts: Parts, vocabulary: Words) -> None:
        self._hashes, self._keys = packed.arrays["names"].data, packed.arrays["named"]
        self._parts, self._vocabulary = parts, vocabulary

    def keys(self, phrase: Phrase) -> Keys:
        """The numbers of the parts that ``phrase`` names, in order."""
        numbers = _numbers_of(phrase, self._vocabulary) if len(phrase) <= LONGEST_NAME else ()
        if not numbers:
            return _NONE
        wanted = hash_of(numbers)
        start = bisect_left(self._hashes, wanted)
        if start == len(self._hashes) or self._hashes[start] != wanted:
            return _NONE
        keys = self._parts.ending_in(self._keys[start : bisect_right(self._hashes, wanted, start)], numbers)
        return keys[self._parts.lengths(keys) <= len(numbers) + LEFT_OUT]

    def get(self, phrase: Phrase, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Like :meth:`keys`, as a tuple; ``default`` where ``phrase`` names nothing."""
        return tuple(self.keys(phrase).tolist()) or default

    def __contains__(self, phrase: Phrase) -> bool:
        return bool(len(self.keys(phrase)))


class Containing:
    """Finds parts by one of their words."""

    __slots__ = ("_ends", "_holders", "_vocabulary")

    def __init__(self, packed: Packed, vocabulary: Words) -> None:
        self._holders, self._ends = packed.arrays["holders"], packed.arrays["holder_ends"]
        self._vocabulary = vocabulary

    def keys(self, word: str) -> Keys:
        """The numbers of the parts with ``word``, in order."""
        number = self._vocabulary.number(word)
        return _NONE if number is None else _piece(self._holders, self._ends, number)

    def get(self, word: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Like :meth:`keys`, as a tuple; ``default`` where no part has ``word``."""
        return tuple(self.keys(word).tolist()) or default


class Leading:
    """The one or two words with which the names of a column begin."""

    __slots__ = ("_column", "_hashes", "_parts", "_vocabulary", "_whose")

    def __init__(self, packed: Packed, parts: Parts, vocabulary: Words, column: int) -> None:
        self._hashes, self._whose = packed.arrays["leads"].data, packed.arrays["leading"]
        self._parts, self._vocabulary, self._column = parts, vocabulary, column

    def __contains__(self, phrase: Phrase) -> bool:
        numbers = _numbers_of(phrase, self._vocabulary)
        if not 0 < len(numbers) <= 2:
            return False
        wanted = hash_of(numbers, self._column + 1)
        at = bisect_left(self._hashes, wanted)
        if at == len(self._hashes) or self._hashes[at] != wanted:
            return False
        whose = int(self._whose[at])
        return self._parts.column(whose) == self._column and self._parts.numbers(whose)[: len(numbers)] == numbers


def _numbers_of(phrase: Phrase, vocabulary: Words) -> list[int]:
    """The numbers of all words of ``phrase``; empty when one of them is unknown."""
    numbers: list[int] = []
    for word in phrase:
        number = vocabulary.number(word)
        if number is None:
            return []
        numbers.append(number)
    return numbers


def _piece(flat: NDArray[Any], ends: NDArray[Any], at: int) -> NDArray[Any]:
    return flat[int(ends[at - 1]) if at else 0 : int(ends[at])]
