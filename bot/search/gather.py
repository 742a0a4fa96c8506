"""Gather the few hundred datasets that a question may mean, by the rarest of its words and neighbouring words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.search.clues import PLACE, Clues
from bot.search.index import TitleIndex, Weights
from bot.search.postings import Numbers
from bot.search.sheet import OTHER_FIELD

Allowed = NDArray[np.bool_]
"""Which datasets may be found at all."""

BUDGET = 200_000
"""Postings that one question may touch; the rarest words come first."""

CANDIDATES = 200
"""Datasets that are judged in full."""

_BREVITY = 1e-4
_SHARES = (0.85, 0.7, 0.55, 0.4, 0.25)
_NARROWED = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which province each dataset is (a number or :data:`NATIONAL`), and which provinces were asked for.

    ``about`` is the province that a title names, below zero for none.
    """

    provinces: NDArray[np.int16]
    asked: Collection[int]
    about: NDArray[np.int16]

    def of(self, datasets: Numbers) -> NDArray[np.int16]:
        """The provinces of ``datasets``; one whose title names a province that was not asked for is of that one."""
        about = self.about[datasets]
        elsewhere = about >= 0
        for province in self.asked:
            elsewhere &= about != province
        found: NDArray[np.int16] = np.where(elsewhere, about, self.provinces[datasets])
        return found


@dataclass(frozen=True, slots=True)
class _Lists:
    """Lists of datasets, shortest first: list ``n`` is ``sources[n][starts[n]:ends[n]]`` and tells ``weights[n]``.

    ``left`` and ``right`` are the words of titles that it stands for, the same for a single word.
    """

    sources: Sequence[Numbers]
    starts: Sequence[int]
    ends: Sequence[int]
    weights: Weights
    left: NDArray[np.intp]
    right: NDArray[np.intp]

    @classmethod
    def of(cls, clues: Clues, index: TitleIndex) -> "_Lists":
        """The datasets of every word and pair of ``clues``."""
        words, pairs = np.fromiter(clues.words, np.intp), np.fromiter(clues.pairs, np.intp)
        word_weights = np.fromiter(clues.words.values(), np.float32)
        keys, size = index.pair_keys[pairs].astype(np.intp), max(len(index.vocabulary.words), 1)
        parts = [(index.titles, words, word_weights, words, words)]
        if len(index.others.datasets):
            parts.append((index.others, words, word_weights * np.float32(OTHER_FIELD), words, words))
        parts.append((index.pairs, pairs, np.fromiter(clues.pairs.values(), np.float32), keys // size, keys % size))
        starts = np.concatenate([postings.offsets[keys] for postings, keys, *_ in parts])
        ends = np.concatenate([postings.offsets[keys + 1] for postings, keys, *_ in parts])
        order = np.argsort(ends - starts, kind="stable")
        sources = [postings.datasets for postings, keys, *_ in parts for _ in range(len(keys))]
        weights, left, right = (np.concatenate([part[at] for part in parts])[order] for at in (2, 3, 4))
        ordered = [sources[at] for at in order.tolist()]
        return cls(ordered, starts[order].tolist(), ends[order].tolist(), weights, left, right)

    def affordable(self) -> int:
        """How many lists, shortest first, fit into the budget; always the first one."""
        spent = 0
        for taken, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            spent += end - start
            if taken and spent > BUDGET:
                return taken
        return len(self.starts)

    def add_up(self, totals: Weights, taken: int) -> None:
        """Add the weights of the first ``taken`` lists to the ``totals`` of their datasets."""
        lists = zip(self.sources[:taken], self.starts, self.ends, strict=False)
        met = np.concatenate([source[start:end] for source, start, end in lists], dtype=np.intp)
        lengths = np.subtract(self.ends[:taken], self.starts[:taken])
        np.add.at(totals, met, np.repeat(self.weights[:taken], lengths))


def gather(clues: Clues, index: TitleIndex, scope: Scope, allowed: Allowed | None) -> Numbers:
    """The few hundred ``allowed`` datasets that have most of what ``clues`` name, as sorted numbers.

    Rarest first within :data:`BUDGET`, so that common words never cost more than they tell; what was left out then is
    looked up for the leading titles only. Of datasets with as much the shorter titles are taken.
    """
    lists = _Lists.of(clues, index)
    totals = np.zeros(index.size, np.float32)
    taken = lists.affordable()
    if taken:
        lists.add_up(totals, taken)
    for province in scope.asked:
        totals[(scope.provinces == province) & (totals > 0)] += np.float32(PLACE)
    if allowed is not None:
        totals *= allowed
    found = _leading(totals, _NARROWED)
    if len(found) > CANDIDATES:
        if taken < len(lists.starts):
            found = found[_heaviest(totals[found], _NARROWED)]
        merit = totals[found] + _told(lists, taken, found, index)
        found = found[_heaviest(merit, CANDIDATES)]
    return np.sort(found).astype(np.uint32)


def _leading(totals: Weights, count: int) -> NDArray[np.intp]:
    """All datasets with some share of the highest total, at least ``count`` if so many have anything."""
    most = totals.max(initial=0.0)
    for share in _SHARES:
        leading = totals >= share * most
        if np.count_nonzero(leading) >= count:
            return np.flatnonzero(leading)
    return np.flatnonzero(totals > 0)


def _heaviest(merit: Weights, count: int) -> NDArray[np.intp]:
    """The positions of the ``count`` highest of ``merit``."""
    return np.argpartition(-merit, count - 1)[:count] if len(merit) > count else np.arange(len(merit))


def _told(lists: _Lists, taken: int, datasets: NDArray[np.intp], index: TitleIndex) -> Weights:
    """How much the titles of ``datasets`` have of the words of the lists not ``taken``; less for longer titles."""
    offsets = index.printed.offsets
    told: Weights = (offsets[datasets] - offsets[datasets + 1]).astype(np.float32) * np.float32(_BREVITY)
    if taken < len(lists.starts):
        size = len(index.vocabulary.words)
        tells = np.zeros(size + 1, np.float32)
        np.add.at(tells, lists.left[taken:], lists.weights[taken:] / np.float32(2))
        np.add.at(tells, lists.right[taken:], lists.weights[taken:] / np.float32(2))
        titles, _ = index.printed.matrix(datasets, size)
        told += tells[titles].sum(axis=0)
    return told
