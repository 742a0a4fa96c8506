"""An immutable index of dataset titles: words, neighbouring words, and which words each title consists of.

All of it is arrays, so that it can lie in a memory-mapped file, beside a vocabulary of some thousand words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Dataset
from bot.search.numbering import MARKS, Numbering
from bot.search.packed import Packed
from bot.search.postings import Keys, Numbers, Offsets, Postings, Sequences, narrowest
from bot.search.spelling import Vocabulary

Weights = NDArray[np.float32]
_NO_YEAR = np.int16(9999)
Kinds = NDArray[np.uint8]

_MOSTLY = 0.5
Years = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class TitleIndex:
    """Titles (words and neighbouring words) and the other fields (words only) of datasets numbered 0 … ``size`` - 1.

    ``titles`` and ``others`` lead from words to datasets, ``printed`` and ``mentioned`` from datasets to words,
    ``pairs`` from neighbouring words (``left * words + right``, sorted in ``pair_keys``) to datasets. ``printed_marks``
    tells the diacritics on every word of ``printed``, as numbered in ``marks``; ``letters`` how long each title is with
    its spaces, ``first_years`` and ``last_years`` which years stand in it (0: none).
    """

    vocabulary: Vocabulary
    marks: Mapping[str, int]
    titles: Postings
    others: Postings
    pairs: Postings
    pair_keys: Keys
    printed: Sequences
    printed_marks: Kinds
    mentioned: Sequences
    rarity: Weights
    pair_rarity: Weights
    letters: NDArray[np.uint16]
    first_years: Years
    last_years: Years
    size: int

    @classmethod
    def build(cls, datasets: Iterable[Dataset]) -> "TitleIndex":
        """Index ``datasets``; their numbers are their positions. Pure computation."""
        numbering = Numbering()
        kept = datasets if isinstance(datasets, Sequence) else tuple(datasets)
        codes, lengths = numbering.titles(dataset.title for dataset in kept)
        others, other_lengths = numbering.texts(map(_other_texts, kept))
        size = len(numbering.words)
        flat = np.frombuffer(codes, np.uint64) if codes else np.zeros(0, np.uint64)
        words, owners = flat // np.uint64(MARKS), _owners(lengths)
        titles = Postings.build(words, owners, size)
        mentions = np.array(others).astype(np.uint64), _owners(other_lengths)
        follows = owners[1:] == owners[:-1]
        keys = (words[:-1] * np.uint64(size) + words[1:])[follows]
        pair_keys, pairs = Postings.build_sparse(keys, owners[1:][follows])
        return cls.opened(
            Packed(
                {
                    **_postings("titles", titles),
                    **_postings("others", Postings.build(*mentions, size)),
                    **_postings("pairs", pairs),
                    "pairs.keys": pair_keys,
                    **_sequences("printed", narrowest(words, size), _offsets(lengths)),
                    "printed.marks": (flat % np.uint64(MARKS)).astype(np.uint8),
                    **_summaries(words, _offsets(lengths), numbering.words),
                    **_sequences("mentioned", narrowest(mentions[0], size), _offsets(other_lengths)),
                    **Vocabulary(numbering.words).arrays("words"),
                },
                {"size": len(lengths), "marks": list(numbering.marks)},
            )
        )

    @classmethod
    def opened(cls, packed: Packed) -> "TitleIndex":
        """The index whose :meth:`arrays` and :meth:`facts` ``packed`` holds; others may be there too."""
        arrays, size = packed.arrays, int(packed.facts["size"])
        vocabulary = Vocabulary.opened(packed, "words")
        titles, others, pairs = (_opened_postings(arrays, name) for name in ("titles", "others", "pairs"))
        return cls(
            vocabulary=vocabulary,
            marks={marks: number for number, marks in enumerate(packed.facts["marks"])},
            titles=titles,
            others=others,
            pairs=pairs,
            pair_keys=arrays["pairs.keys"],
            printed=Sequences(arrays["printed.words"], arrays["printed.offsets"]),
            printed_marks=arrays["printed.marks"],
            mentioned=Sequences(arrays["mentioned.words"], arrays["mentioned.offsets"]),
            rarity=_rarity(np.maximum(titles.sizes(), others.sizes()), size),
            pair_rarity=_rarity(pairs.sizes(), size),
            letters=arrays["printed.letters"],
            first_years=arrays["printed.first_years"],
            last_years=arrays["printed.last_years"],
            size=size,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What an index file must hold for :meth:`opened`."""
        return {
            **_postings("titles", self.titles),
            **_postings("others", self.others),
            **_postings("pairs", self.pairs),
            "pairs.keys": self.pair_keys,
            **_sequences("printed", self.printed.words, self.printed.offsets),
            "printed.marks": self.printed_marks,
            "printed.letters": self.letters,
            "printed.first_years": self.first_years,
            "printed.last_years": self.last_years,
            **_sequences("mentioned", self.mentioned.words, self.mentioned.offsets),
            **self.vocabulary.arrays("words"),
        }

    def facts(self) -> dict[str, Any]:
        """What the head of an index file must say for :meth:`opened`."""
        return {"size": self.size, "marks": list(self.marks)}

    def title(self, number: int) -> str:
        """The folded title of a dataset."""
        words = self.printed.words[self.printed.offsets[number] : self.printed.offsets[number + 1]]
        return " ".join(self.vocabulary.words[word] for word in words.tolist())

    def pair_numbers(self, keys: Sequence[int]) -> NDArray[np.intp]:
        """For every pair key (``left * words + right``) its position in ``pair_keys``, -1 for pairs of no title."""
        if not len(self.pair_keys):
            return np.full(len(keys), -1)
        wanted = np.array(keys, np.uint64)
        at = np.minimum(np.searchsorted(self.pair_keys, wanted), len(self.pair_keys) - 1)
        return np.where(self.pair_keys[at] == wanted, at, -1)

    def joined(self, left: str, right: str) -> bool:
        """Whether some title has ``right`` directly behind ``left``."""
        return self._pair(left, right) >= 0

    def collocated(self, left: str, right: str) -> bool:
        """Whether titles that have the rarer of two words mostly have ``right`` directly behind ``left``: "dân số"."""
        pair = self._pair(left, right)
        if pair < 0:
            return False
        ids = self.vocabulary.ids
        rarer = min(len(self.titles.of(ids[word])) for word in (left, right))
        together = len(self.pairs.of(pair))
        return together >= _MOSTLY * rarer

    def _pair(self, left: str, right: str) -> int:
        ids = self.vocabulary.ids
        first, second = ids.get(left), ids.get(right)
        if first is None or second is None:
            return -1
        return int(self.pair_numbers([first * len(ids) + second])[0])


def _other_texts(dataset: Dataset) -> tuple[str, ...]:
    """Publisher, theme, description and names of columns."""
    columns = chain(dataset.fields, *(resource.fields for resource in dataset.resources))
    return dataset.publisher, dataset.theme, dataset.description, " ".join(columns)


def _owners(lengths: Iterable[int]) -> Numbers:
    counts = np.array(lengths, np.int64)
    return np.repeat(np.arange(len(counts), dtype=np.uint32), counts)


def _offsets(lengths: Iterable[int]) -> Offsets:
    return np.concatenate(([0], np.cumsum(np.array(lengths, np.int64))))


def _postings(name: str, postings: Postings) -> dict[str, NDArray[Any]]:
    return {f"{name}.datasets": postings.datasets, f"{name}.offsets": postings.offsets}


def _opened_postings(arrays: Mapping[str, NDArray[Any]], name: str) -> Postings:
    return Postings(arrays[f"{name}.datasets"], arrays[f"{name}.offsets"])


def _sequences(name: str, words: NDArray[Any], offsets: Offsets) -> dict[str, NDArray[Any]]:
    return {f"{name}.words": words, f"{name}.offsets": offsets}


def _summaries(words: Keys, offsets: Offsets, ids: Mapping[str, int]) -> dict[str, NDArray[Any]]:
    """Of every title how many letters and spaces it has, and its first and last year (0: none)."""
    letters = np.array([len(word) + 1 for word in ids], np.uint16)[words] if ids else np.zeros(0, np.uint16)
    years = np.array([_year(word) for word in ids], np.int16)[words] if ids else np.zeros(0, np.int16)
    last = _reduced(np.maximum, years, offsets)
    first = _reduced(np.minimum, np.where(years > 0, years, _NO_YEAR), offsets)
    return {
        "printed.letters": _reduced(np.add, letters, offsets),
        "printed.first_years": np.where(last > 0, first, 0).astype(np.int16),
        "printed.last_years": last,
    }


def _reduced(operation: np.ufunc, values: NDArray[Any], offsets: Offsets) -> NDArray[Any]:
    """``operation`` over the values of every dataset; 0 for one without any."""
    found = np.zeros(len(offsets) - 1, values.dtype)
    some = offsets[:-1] < offsets[1:]
    if some.any():
        found[some] = operation.reduceat(values, offsets[:-1][some])
    return found


def _rarity(sizes: Offsets, total: int) -> Weights:
    return np.log1p(total / (sizes + 1.0)).astype(np.float32)


def _year(word: str) -> int:
    return int(word) if len(word) == 4 and word.isdigit() else 0
