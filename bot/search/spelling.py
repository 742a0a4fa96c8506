"""Repair of single words against a vocabulary: input-method residue, missing spaces, slips of a letter.

Only words that the vocabulary does not know are ever repaired: correcting known Vietnamese words destroys questions.
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.packed import Packed, Texts

Hashes = NDArray[np.uint32]

Known = Callable[[str], bool]
Joined = Callable[[str, str], bool]

_DOUBLED = re.compile(r"aa|ee|oo|dd")
_TONE = re.compile(r"(?<=[aeiouy])[sfrxj]|[sfrxj]$")
_DIGITS = re.compile(r"[0-9]")
_LONGEST_SYLLABLE = 7
_MOST_NEAR = 6
_LONG = 7


def untyped(word: str, known: Known) -> str | None:
    """``word`` without Telex or VNI residue (``tichs``, ``nuwowcs``, ``vie65n``) when that gives a known word."""
    for candidate in _without_residue(word):
        if len(candidate) > 1 and candidate != word and known(candidate):
            return candidate
    return None


def _without_residue(word: str) -> Iterator[str]:
    if any(c.isdigit() for c in word):
        yield _DIGITS.sub("", word)
        return
    plain = _DOUBLED.sub(lambda pair: pair.group()[0], word).replace("w", "")
    for text in (plain, word):
        yield text
        for tone in reversed(list(_TONE.finditer(text))):
            yield text[: tone.start()] + text[tone.end() :]


def segment(word: str, known: Known, joined: Joined) -> tuple[str, ...]:
    """Known words that ``word`` was written together from (``dansoquangngai``), else ``word`` alone.

    ``joined`` says whether two words are known to follow each other; a segmentation needs that for most of its joints.
    """
    best: list[tuple[int, tuple[str, ...]] | None] = [(0, ()), *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_SYLLABLE), end - 1):
            before, piece = best[start], word[start:end]
            if before is None or not known(piece):
                continue
            strange = bool(before[1]) and not joined(before[1][-1], piece)
            found = before[0] + 1 + 2 * strange, (*before[1], piece)
            current = best[end]
            if current is None or found[0] < current[0]:
                best[end] = found
    whole = best[-1]
    if whole is None or len(whole[1]) < 2 or whole[0] > len(whole[1]) + 2 * (len(whole[1]) // 3):
        return (word,)
    return whole[1]


class Vocabulary:
    """The distinct words of an index, numbered, and for each the texts that one lost letter makes of it.

    Two words are one slip apart (a letter lost, added, changed, or two swapped) only when they are equal after losing
    at most one letter each, so the few words near another are found without looking at all of them.
    """

    __slots__ = ("_lost", "_owners", "ids", "words")

    def __init__(self, ids: Mapping[str, int]) -> None:
        self.ids = ids
        self.words: Sequence[str] = list(ids)
        self._lost: Hashes | None = None
        self._owners: Hashes = np.zeros(0, np.uint32)

    @classmethod
    def opened(cls, packed: Packed, name: str) -> "Vocabulary":
        """The vocabulary whose :meth:`arrays` ``packed`` holds."""
        vocabulary = cls({word: number for number, word in enumerate(packed.texts(name))})
        vocabulary._lost, vocabulary._owners = packed.arrays[f"{name}.lost"], packed.arrays[f"{name}.owners"]
        return vocabulary

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """What an index file must hold for :meth:`opened`."""
        lost = self._with_letter_lost()
        return {**Texts.of(self.words).arrays(name), f"{name}.lost": lost, f"{name}.owners": self._owners}

    def __contains__(self, word: str) -> bool:
        return word in self.ids

    def near(self, word: str, most: int = _MOST_NEAR) -> tuple[str, ...]:
        """At most ``most`` known words one slip away from ``word`` (two when it is long and nothing is nearer).

        The most alike come first; neither ``word`` itself nor anything with digits is among them.
        """
        if len(word) < 2 or any(c.isdigit() for c in word) or not self.words:
            return ()
        found = [self.words[number] for number in self._candidates(word)]
        near = [known for known in found if OSA.distance(word, known, score_cutoff=1) == 1]
        if not near and len(word) >= _LONG:
            far = process.extract(word, self.words, scorer=OSA.distance, score_cutoff=2, limit=most)
            near = [known for known, distance, _ in far if distance]
        pairs = _pairs(word)
        return tuple(sorted(near, key=lambda known: (-len(pairs & _pairs(known)), self.ids[known]))[:most])

    def _candidates(self, word: str) -> set[int]:
        lost = self._with_letter_lost()
        keys = np.array([*map(_hash, _without_a_letter(word))], np.uint32)
        starts, ends = np.searchsorted(lost, keys).tolist(), np.searchsorted(lost, keys, side="right").tolist()
        owners = self._owners
        return {n for start, end in zip(starts, ends, strict=True) if start < end for n in owners[start:end].tolist()}

    def _with_letter_lost(self) -> Hashes:
        """The sorted hashes of all words and of all words with a letter lost; whose they are stands in ``_owners``."""
        if self._lost is None:
            entries = [
                (_hash(text) << 32) | number
                for word, number in self.ids.items()
                if not any(c.isdigit() for c in word)
                for text in _without_a_letter(word)
            ]
            ordered = np.sort(np.array(entries, np.uint64))
            self._owners = (ordered & np.uint64(0xFFFFFFFF)).astype(np.uint32)
            self._lost = (ordered >> np.uint64(32)).astype(np.uint32)
        return self._lost


def _without_a_letter(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}
