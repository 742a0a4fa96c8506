"""Gather the few hundred datasets that a question may mean, by the rarest of its words and neighbouring words."""

from collections.abc import Collection, Iterator, Mapping
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
_SHARES = (0.8, 0.6, 0.4, 0.2)
_FIRST_CHECK = 4_000
_NARROWED = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which province each dataset is (a number or :data:`NATIONAL`), and which provinces were asked for."""

    provinces: NDArray[np.int16]
    asked: Collection[int]


@dataclass(frozen=True, slots=True)
class _List:
    """The datasets of a word or pair and how much it tells; ``word`` is -1 where it is not the word of titles."""

    datasets: Numbers
    weight: float
    word: int = -1


def gather(clues: Clues, index: TitleIndex, scope: Scope, allowed: Allowed | None) -> Numbers:
    """The few hundred ``allowed`` datasets that have most of what ``clues`` name, as sorted numbers.

    Rarest first within :data:`BUDGET`, and no further than a dataset that was not met yet could still be among the
    best: so common words never cost more than they tell. Of datasets with as much the shorter titles are taken.
    """
    lists = sorted(_lists(clues, index), key=lambda entry: len(entry.datasets))
    rest = sum(entry.weight for entry in lists)
    totals = np.zeros(index.size, np.float32)
    spent, check, taken = 0, _FIRST_CHECK, 0
    fresh: list[Numbers] = [np.zeros(0, np.uint32)]
    for entry in lists:
        spent += len(entry.datasets)
        if taken and spent > BUDGET:
            break
        taken, rest = taken + 1, rest - entry.weight
        before = totals[entry.datasets]
        fresh.append(entry.datasets[before == 0])
        totals[entry.datasets] = before + np.float32(entry.weight)
        if spent > check:
            check = 2 * spent
            if np.count_nonzero(totals[np.concatenate(fresh)] >= rest) >= CANDIDATES:
                break
    found = np.concatenate(fresh)
    if allowed is not None:
        found = found[allowed[found]]
    if len(found) > CANDIDATES:
        merit = totals[found]
        if scope.asked:
            merit[np.isin(scope.provinces[found], list(scope.asked))] += np.float32(PLACE)
        found, merit = _heaviest(found, merit, _NARROWED)
        merit = merit + _told({entry.word: entry.weight for entry in lists[taken:] if entry.word >= 0}, found, index)
        found, _ = _heaviest(found, merit, CANDIDATES)
    return np.sort(found)


def _lists(clues: Clues, index: TitleIndex) -> Iterator[_List]:
    for word, weight in clues.words.items():
        yield _List(index.titles.of(word), weight, word)
        if len(index.others.datasets):
            yield _List(index.others.of(word), OTHER_FIELD * weight)
    for pair, weight in clues.pairs.items():
        yield _List(index.pairs.of(pair), weight)


def _heaviest(found: Numbers, merit: Weights, count: int) -> tuple[Numbers, Weights]:
    """The ``count`` datasets of most ``merit``. Nearly always most of them can be left out without any ordering."""
    if len(found) <= count:
        return found, merit
    most = merit.max()
    for share in _SHARES:
        heavy = merit >= share * most
        if np.count_nonzero(heavy) >= count:
            found, merit = found[heavy], merit[heavy]
            break
    best = np.argpartition(-merit, count - 1)[:count]
    return found[best], merit[best]


def _told(weights: Mapping[int, float], datasets: Numbers, index: TitleIndex) -> Weights:
    """How much the titles of ``datasets`` have of the words in ``weights``, a little less for every word of theirs."""
    offsets = index.printed.offsets
    told: Weights = (offsets[datasets] - offsets[datasets + np.uint32(1)]).astype(np.float32) * np.float32(_BREVITY)
    if weights:
        tells = np.zeros(len(index.lengths), np.float32)
        tells[list(weights)] = list(weights.values())
        titles, _ = index.printed.matrix(datasets, len(index.vocabulary.words))
        told += tells[titles].sum(axis=1)
    return told
