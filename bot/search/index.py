"""An immutable index of dataset titles in memory: words, neighbouring words, and the best few hundred candidates."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Dataset
from bot.core.text import tokens
from bot.search.spelling import Vocabulary

Numbers = NDArray[np.uint32]
Keys = NDArray[np.uint64]
Weights = NDArray[np.float32]

BUDGET = 200_000
"""Postings that one question may touch; the rarest words come first."""

CANDIDATES = 300
"""Datasets that are ranked in full."""

NEIGHBOUR = 0.6
"""What a pair of neighbouring words adds to a candidate, relative to its rarity."""


@dataclass(frozen=True, slots=True)
class Postings:
    """For every key the sorted numbers of the datasets that have it."""

    datasets: Numbers
    offsets: NDArray[np.int64]

    @classmethod
    def build(cls, keys: Keys, datasets: Numbers, size: int) -> "Postings":
        """From parallel arrays of keys (0 … ``size`` - 1) and dataset numbers, in any order, repeats allowed."""
        found, numbers = _sorted_pairs(keys, datasets)
        return cls(numbers, np.searchsorted(found, np.arange(size + 1, dtype=np.uint64)))

    @classmethod
    def build_sparse(cls, keys: Keys, datasets: Numbers) -> tuple[Keys, "Postings"]:
        """Like :meth:`build` for keys of any size: the distinct keys, and the postings by position among them."""
        found, numbers = _sorted_pairs(keys, datasets)
        starts = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1]))) if len(found) else np.zeros(0, int)
        return found[starts], cls(numbers, np.append(starts, len(found)))

    def of(self, key: int) -> Numbers:
        """The datasets that have ``key``."""
        return self.datasets[self.offsets[key] : self.offsets[key + 1]]

    def among(self, key: int, candidates: Numbers) -> NDArray[np.bool_]:
        """Which of the sorted ``candidates`` have ``key``."""
        have = self.of(key)
        if not len(have):
            return np.zeros(len(candidates), np.bool_)
        found: NDArray[np.bool_] = have[np.minimum(np.searchsorted(have, candidates), len(have) - 1)] == candidates
        return found

    def sizes(self) -> NDArray[np.int64]:
        """How many datasets have each key."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class TitleIndex:
    """Titles (words and neighbouring words) and the other fields (words only) of numbered datasets."""

    vocabulary: Vocabulary
    titles: Postings
    others: Postings
    pairs: Postings
    pair_keys: Keys
    rarity: Weights
    pair_rarity: Weights
    size: int

    @classmethod
    def build(cls, datasets: Sequence[Dataset]) -> "TitleIndex":
        """Index ``datasets``; their numbers are their positions."""
        ids: dict[str, int] = {}
        words, owners = _numbered((tokens(d.title) for d in datasets), ids)
        other_words, other_owners = _numbered(_other_fields(datasets), ids)
        size = len(ids)
        titles, others = Postings.build(words, owners, size), Postings.build(other_words, other_owners, size)
        follows = owners[1:] == owners[:-1] if len(owners) else np.zeros(0, np.bool_)
        keys = (words[:-1] * np.uint64(size) + words[1:])[follows] if len(words) else words
        pair_keys, pairs = Postings.build_sparse(keys, owners[1:][follows])
        return cls(
            vocabulary=Vocabulary(ids),
            titles=titles,
            others=others,
            pairs=pairs,
            pair_keys=pair_keys,
            rarity=_rarity(np.maximum(titles.sizes(), others.sizes()), len(datasets)),
            pair_rarity=_rarity(pairs.sizes(), len(datasets)),
            size=len(datasets),
        )

    def pair(self, left: str, right: str) -> int | None:
        """The key of two words that follow each other in some title."""
        ids = self.vocabulary.ids
        first, second = ids.get(left), ids.get(right)
        if first is None or second is None:
            return None
        wanted = first * len(ids) + second
        at = int(np.searchsorted(self.pair_keys, np.uint64(wanted)))
        return at if at < len(self.pair_keys) and int(self.pair_keys[at]) == wanted else None

    def joined(self, left: str, right: str) -> bool:
        """Whether some title has ``right`` directly behind ``left``."""
        return self.pair(left, right) is not None

    def candidates(self, words: Mapping[int, float], pairs: Mapping[int, float], allowed: NDArray[np.bool_]) -> Numbers:
        """The best few hundred ``allowed`` datasets for weighted word and pair keys, as sorted numbers.

        Rarest first within :data:`BUDGET`, so that common words never cost more than they tell.
        """
        lists = [(self.titles.of(key), weight * float(self.rarity[key])) for key, weight in words.items()]
        lists += [(self.others.of(key), 0.4 * weight * float(self.rarity[key])) for key, weight in words.items()]
        lists += [(self.pairs.of(k), NEIGHBOUR * w * float(self.pair_rarity[k])) for k, w in pairs.items()]
        lists = sorted((entry for entry in lists if len(entry[0])), key=lambda entry: len(entry[0]))
        spent, taken = 0, 0
        for found, _ in lists:
            if taken and spent + len(found) > BUDGET:
                break
            spent, taken = spent + len(found), taken + 1
        return _best(lists[:taken], spent, self.size, allowed)


def _sorted_pairs(keys: Keys, datasets: Numbers) -> tuple[Keys, Numbers]:
    """Distinct (key, dataset) pairs in order. Both fit into one number, which sorts many times faster than pairs."""
    bits = np.uint64(int(datasets.max()).bit_length() if len(datasets) else 0)
    pairs = np.sort((keys << bits) | datasets)
    if len(pairs):
        pairs = pairs[np.concatenate(([True], pairs[1:] != pairs[:-1]))]
    return pairs >> bits, (pairs & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.uint32)


def _best(lists: list[tuple[Numbers, float]], spent: int, size: int, allowed: NDArray[np.bool_]) -> Numbers:
    if not lists:
        return np.zeros(0, np.uint32)
    found = np.concatenate([numbers for numbers, _ in lists])
    weights = np.repeat(np.array([w for _, w in lists]), [len(numbers) for numbers, _ in lists])
    if spent * 8 > size:
        totals = np.bincount(found, weights=weights, minlength=size)
        numbers = np.flatnonzero(totals)
        totals = totals[numbers]
    else:
        numbers, position = np.unique(found, return_inverse=True)
        totals = np.bincount(position, weights=weights)
    permitted = allowed[numbers]
    numbers, totals = numbers[permitted], totals[permitted]
    if len(numbers) > CANDIDATES:
        numbers = numbers[np.argpartition(-totals, CANDIDATES)[:CANDIDATES]]
    return np.sort(numbers).astype(np.uint32)


def _numbered(texts: Iterable[Sequence[str]], ids: dict[str, int]) -> tuple[Keys, Numbers]:
    """Word ids of all texts in a row, and beside each the number of its text; new words are added to ``ids``."""
    lengths = array("I")
    flat = array("I")
    number = ids.setdefault
    for text in texts:
        lengths.append(len(text))
        flat.extend([number(word, len(ids)) for word in text])
    owners = np.repeat(np.arange(len(lengths), dtype=np.uint32), np.array(lengths))
    return np.array(flat).astype(np.uint64), owners


def _other_fields(datasets: Sequence[Dataset]) -> Iterable[Sequence[str]]:
    """Words of publisher, description, theme and column names; texts that repeat are taken apart once."""
    known: dict[str, tuple[str, ...]] = {}

    def words(text: str) -> tuple[str, ...]:
        if text not in known:
            known[text] = tokens(text)
        return known[text]

    for dataset in datasets:
        columns = chain(dataset.fields, *(resource.fields for resource in dataset.resources))
        texts = (dataset.publisher, dataset.theme, dataset.description, " ".join(columns))
        yield [word for text in texts if text for word in words(text)]


def _rarity(sizes: NDArray[np.int64], total: int) -> Weights:
    return np.log1p(total / (sizes + 1.0)).astype(np.float32)
