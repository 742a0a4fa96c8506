"""Gather the few hundred datasets that a question may mean, by the rarest of its words and neighbouring words."""

from collections.abc import Collection, Iterator, Sequence
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

CANDIDATES = 300
"""Datasets that are judged in full."""

_BREVITY = 1e-4
_SHARES = (0.85, 0.7, 0.55, 0.4, 0.25)
_NARROWED = 600


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which province each dataset is (a number or :data:`NATIONAL`), and which provinces were asked for."""

    provinces: NDArray[np.int16]
    asked: Collection[int]


@dataclass(frozen=True, slots=True)
class _List:
    """The datasets of a pair or of a word (``left`` and ``right`` alike; -1 in other fields), and how much it tells."""

    datasets: Numbers
    weight: float
    left: int = -1
    right: int = -1


def gather(clues: Clues, index: TitleIndex, scope: Scope, allowed: Allowed | None) -> Numbers:
    """The few hundred ``allowed`` datasets that have most of what ``clues`` name, as sorted numbers.

    Rarest first within :data:`BUDGET`, so that common words never cost more than they tell; what was left out then is
    looked up for the leading titles only. Of datasets with as much the shorter titles are taken.
    """
    lists = sorted(_lists(clues, index), key=lambda entry: len(entry.datasets))
    totals = np.zeros(index.size, np.float32)
    spent, taken = 0, 0
    for entry in lists:
        spent += len(entry.datasets)
        if taken and spent > BUDGET:
            break
        taken += 1
        np.add.at(totals, entry.datasets.astype(np.intp), np.float32(entry.weight))
    for province in scope.asked:
        totals[(scope.provinces == province) & (totals > 0)] += np.float32(PLACE)
    if allowed is not None:
        totals *= allowed
    found = _leading(totals, _NARROWED)
    if len(found) > CANDIDATES:
        found = found[_heaviest(totals[found], _NARROWED)]
        merit = totals[found] + _told(lists[taken:], found, index)
        found = found[_heaviest(merit, CANDIDATES)]
    return np.sort(found).astype(np.uint32)


def _lists(clues: Clues, index: TitleIndex) -> Iterator[_List]:
    size = len(index.vocabulary.words)
    for word, weight in clues.words.items():
        yield _List(index.titles.of(word), weight, word, word)
        if len(index.others.datasets):
            yield _List(index.others.of(word), OTHER_FIELD * weight)
    for pair, weight in clues.pairs.items():
        yield _List(index.pairs.of(pair), weight, int(index.pair_keys[pair]) // size, int(index.pair_keys[pair]) % size)


def _leading(totals: Weights, count: int) -> NDArray[np.intp]:
    """All datasets with some share of the highest total, at least ``count`` if so many have anything."""
    most = totals.max(initial=0.0)
    for share in _SHARES:
        found = np.flatnonzero(totals >= share * most)
        if len(found) >= count:
            return found
    return np.flatnonzero(totals > 0)


def _heaviest(merit: Weights, count: int) -> NDArray[np.intp]:
    """The positions of the ``count`` highest of ``merit``."""
    return np.argpartition(-merit, count - 1)[:count] if len(merit) > count else np.arange(len(merit))


def _told(lists: Sequence[_List], datasets: NDArray[np.intp], index: TitleIndex) -> Weights:
    """How much the titles of ``datasets`` have of the words in ``lists``, a little less for every word of theirs."""
    offsets = index.printed.offsets
    told: Weights = (offsets[datasets] - offsets[datasets + 1]).astype(np.float32) * np.float32(_BREVITY)
    size = len(index.vocabulary.words)
    if lists:
        tells = np.zeros(size + 1, np.float32)
        for entry in lists:
            if entry.left >= 0:
                tells[[entry.left, entry.right]] += np.float32(entry.weight / (1 + (entry.left != entry.right)))
        titles, _ = index.printed.matrix(datasets, size)
        told += tells[titles].sum(axis=0)
    return told
