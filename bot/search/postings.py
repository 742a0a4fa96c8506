"""Lists of numbers under numbers, as arrays: which datasets hold a key, which words a dataset holds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]
Keys = NDArray[np.uint64]
Offsets = NDArray[np.int64]
Words = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True)
class Postings:
    """For every key 0 … ``len(offsets) - 2`` the sorted numbers of the datasets that have it."""

    datasets: Numbers
    offsets: Offsets

    @classmethod
    def build(cls, keys: Keys, datasets: Numbers, size: int) -> "Postings":
        """From parallel arrays of keys (0 … ``size`` - 1) and dataset numbers, in any order, repeats allowed."""
        found, numbers = distinct_pairs(keys, datasets)
        return cls(numbers, np.searchsorted(found, np.arange(size + 1, dtype=np.uint64)).astype(np.int64))

    @classmethod
    def build_sparse(cls, keys: Keys, datasets: Numbers) -> tuple[Keys, "Postings"]:
        """Like :meth:`build` for keys of any size: the distinct keys, and the postings by position among them."""
        found, numbers = distinct_pairs(keys, datasets)
        starts = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1]))) if len(found) else np.zeros(0, int)
        return found[starts], cls(numbers, np.append(starts, len(found)).astype(np.int64))

    def of(self, key: int) -> Numbers:
        """The datasets that have ``key``."""
        return self.datasets[self.offsets[key] : self.offsets[key + 1]]

    def sizes(self) -> Offsets:
        """How many datasets have each key."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Sequences:
    """For every dataset the words that it holds, one dataset behind the other."""

    words: Words
    offsets: Offsets

    def matrix(self, datasets: Numbers | NDArray[np.intp], filler: int) -> tuple[Words, Offsets]:
        """A column per dataset with its words in order; ``filler`` (no word) below them, at least once.

        Beside it where in ``words`` each stands, which may lie behind the end for a filler.
        """
        starts = self.offsets[datasets]
        lengths = self.offsets[1:][datasets] - starts
        rows = np.arange(int(lengths.max(initial=0)) + 1)[:, None]
        positions = rows + starts
        found = self.words.take(positions, mode="clip") if len(self.words) else np.zeros(positions.shape, np.uint32)
        found[rows >= lengths] = filler
        return found, positions

    def flat(self, datasets: Numbers) -> tuple[Words, NDArray[np.intp]]:
        """The words of ``datasets`` in one row, and beside each the position of its dataset among them."""
        starts = self.offsets[datasets]
        lengths = self.offsets[1:][datasets] - starts
        before = np.cumsum(lengths) - lengths
        owners = np.repeat(np.arange(len(datasets)), lengths)
        return self.words[(starts - before)[owners] + np.arange(len(owners))], owners


def distinct_pairs(keys: Keys, datasets: Numbers) -> tuple[Keys, Numbers]:
    """Distinct (key, dataset) pairs in order. Both fit into one number, which sorts many times faster than pairs."""
    bits = np.uint64(int(datasets.max()).bit_length() if len(datasets) else 0)
    pairs = keys << bits
    pairs |= datasets
    pairs.sort()
    if len(pairs):
        pairs = pairs[np.concatenate(([True], pairs[1:] != pairs[:-1]))]
    return pairs >> bits, (pairs & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.uint32)


def narrowest(words: NDArray[Any], size: int) -> Words:
    """``words`` in the smallest type that can also say ``size``."""
    return words.astype(np.uint16 if size < 1 << 16 else np.uint32)
