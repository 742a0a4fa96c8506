"""Distinct texts, numbered, and found again by their text or by one that is nearly the same – without a dictionary.

What a dictionary would need in memory for a million words lies in arrays here that an index file can hold.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from bot.search.packed import Packed, Texts, distinct

_REMEMBERED = 2000
_NEAREST = 40
_MOST_NEAR = 6
_UNSEEN = -1
_UNDIGITED = str.maketrans("", "", "0123456789")

_Numbered = tuple[Texts, NDArray[np.uint64], NDArray[np.uint32]]


class NumberedTexts:
    """Distinct texts with their numbers: sorted hashes beside the texts, so that a search is a handful of steps."""

    __slots__ = ("_hashes", "_memory", "_order", "_sorted", "_texts")

    def __init__(self, texts: Texts, hashes: NDArray[np.uint64], order: NDArray[np.uint32]) -> None:
        self._texts, self._hashes, self._order = texts, hashes, order
        self._sorted = hashes.data
        self._memory: dict[str, int | None] = {}

    @classmethod
    def of(cls, texts: Iterable[str]) -> "NumberedTexts":
        """Number ``texts``, all different, by their position."""
        return cls(*_numbered(texts))

    @classmethod
    def opened(cls, packed: Packed, name: str) -> "NumberedTexts":
        """What was written as :meth:`arrays` under ``name``."""
        return cls(packed.texts(name), packed.arrays[f"{name}.hashes"], packed.arrays[f"{name}.order"])

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What to write, so that :meth:`opened` finds it under ``name``."""
        return {**self._texts.arrays(name), f"{name}.hashes": self._hashes, f"{name}.order": self._order}

    def number(self, text: str) -> int | None:
        """The number of ``text``, None when it is not among the texts."""
        found = self._memory.get(text, _UNSEEN)
        if found == _UNSEEN:
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[text] = found = self._search(text)
        return found

    def _search(self, text: str) -> int | None:
        wanted = _hash_of(text)
        at = bisect_left(self._sorted, wanted)
        while at < len(self._sorted) and self._sorted[at] == wanted:
            number = int(self._order[at])
            if self._texts[number] == text:
                return number
            at += 1
        return None

    def __contains__(self, text: str) -> bool:
        return self.number(text) is not None

    def __getitem__(self, number: int) -> str:
        return self._texts[number]

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


class Words(NumberedTexts):
    """Numbered folded words, and the character pairs in which a slip of the finger is found."""

    __slots__ = ("_holders", "_pair_ends", "_pairs")

    def __init__(
        self, numbered: _Numbered, pairs: NDArray[np.uint16], ends: NDArray[np.uint32], holders: NDArray[np.uint32]
    ) -> None:
        super().__init__(*numbered)
        self._pairs, self._pair_ends, self._holders = pairs, ends, holders

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Words":
        """Number the words ``texts``, all different and of ``0-9a-z``, by their position."""
        numbered = _numbered(texts)
        found = _pairs_of(numbered[0])
        pairs, starts = np.unique((found >> np.uint64(32)).astype(np.uint16), return_index=True)
        ends = np.append(starts[1:], len(found)).astype(np.uint32)
        return cls(numbered, pairs, ends, found.astype(np.uint32))

    @classmethod
    def opened(cls, packed: Packed, name: str) -> "Words":
        """What was written as :meth:`arrays` under ``name``."""
        numbered = packed.texts(name), packed.arrays[f"{name}.hashes"], packed.arrays[f"{name}.order"]
        return cls(numbered, *(packed.arrays[f"{name}.{part}"] for part in ("pairs", "pair_ends", "holders")))

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What to write, so that :meth:`opened` finds it under ``name``."""
        own: dict[str, NDArray[Any]] = {"pairs": self._pairs, "pair_ends": self._pair_ends, "holders": self._holders}
        return super().arrays(name) | {f"{name}.{part}": each for part, each in own.items()}

    def near(self, word: str) -> tuple[str, ...]:
        """The known words one slip away from an unknown ``word`` (two for long ones), nearest first; never digits."""
        if len(word) < 2 or any(c.isdigit() for c in word) or not len(self):
            return ()
        common = np.zeros(len(self), np.int16)
        framed = f"^{word}$"
        for pair in {framed[at : at + 2] for at in range(len(framed) - 1)}:
            common[self._with_pair(pair)] += 1
        candidates = np.argpartition(-common, min(_NEAREST, len(common) - 1))[:_NEAREST].tolist()
        slips = 2 if len(word) >= 7 else 1
        measured = [(OSA.distance(word, self[n], score_cutoff=slips), n) for n in candidates if common[n]]
        near = sorted((distance, -int(common[n]), n) for distance, n in measured if distance <= slips)
        return tuple(self[n] for _, _, n in near[:_MOST_NEAR])

    def _with_pair(self, pair: str) -> NDArray[np.uint32]:
        wanted = (ord(pair[0]) << 8 | ord(pair[1])) & 0xFFFF
        at = int(np.searchsorted(self._pairs, np.uint16(wanted)))
        if at == len(self._pairs) or int(self._pairs[at]) != wanted:
            return np.zeros(0, np.uint32)
        start = int(self._pair_ends[at - 1]) if at else 0
        found: NDArray[np.uint32] = self._holders[start : int(self._pair_ends[at])]
        return found


def _pairs_of(words: Iterable[str]) -> NDArray[np.uint64]:
    """Neighbouring characters of framed words with the word's number in the lower half, sorted; no plain digits."""
    framed, lengths, numbers = bytearray(), array("I"), array("I")
    for number, word in enumerate(words):
        if word.translate(_UNDIGITED):
            framed += f"^{word}$".encode()
            lengths.append(len(word) + 2)
            numbers.append(number)
    characters = np.frombuffer(bytes(framed), np.uint8).astype(np.uint64)
    owners = np.repeat(np.frombuffer(numbers, np.uint32), np.frombuffer(lengths, np.uint32)).astype(np.uint64)
    pairs = characters[:-1] << np.uint64(40) | characters[1:] << np.uint64(32) | owners[:-1]
    return distinct(pairs[owners[:-1] == owners[1:]])


def _numbered(texts: Iterable[str]) -> _Numbered:
    """The texts, their sorted hashes, and whose hash it is at each place."""
    packed = Texts.of(texts)
    hashes = np.fromiter(map(_digest, packed), np.uint64, len(packed))
    order = np.argsort(hashes, kind="stable").astype(np.uint32)
    return packed, hashes[order], order


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


_hash_of = lru_cache(maxsize=20_000)(_digest)
