"""Repair of single words against a vocabulary: input-method residue, missing spaces, slips of a letter.

Only words that the vocabulary does not know are ever repaired: correcting known Vietnamese words destroys questions.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.search.packed import Packed, Texts
from bot.search.syllables import SYLLABLES

Hashes = NDArray[np.uint32]

Known = Callable[[str], bool]
Joined = Callable[[str, str], bool]

_DOUBLED = re.compile(r"aa|ee|oo|dd")
_TONE = re.compile(r"(?<=[aeiouy])[sfrxj]|[sfrxj]$")
_DIGITS = re.compile(r"[0-9]")
_DIGITS_ALONG = re.compile(r"[0-9]+")
_LETTERS = re.compile(r"[a-z]+")
_VNI = re.compile(r"[6-9]{0,2}[1-5]?[6-9]{0,2}")
_NUMBER = re.compile(r"[0-9]{3}|^[0-9]")
_LONGEST_SYLLABLE = 7
_MOST_WAYS = 4
_MOST_NEAR = 6
_LONG = 7


def untyped(word: str, known: Known) -> str | None:
    """``word`` without Telex or VNI residue (``tichs``, ``nuwowcs``, ``vie65n``) when that gives a known word.

    What is a Vietnamese syllable as it stands is no residue.
    """
    return None if word in SYLLABLES else next(filter(known, residue(word)), None)


def residue(word: str) -> Iterator[str]:
    """What ``word`` may have been before an input method that was off; only letters and digits it types with go."""
    for candidate in dict.fromkeys(_without_residue(word)):
        if len(candidate) > 1 and candidate != word:
            yield candidate


def _without_residue(word: str) -> Iterator[str]:
    digits = "".join(_DIGITS.findall(word))
    if digits:
        if _VNI.fullmatch(digits) and not _NUMBER.search(word):
            yield _DIGITS.sub("", word)
        return
    plain = _DOUBLED.sub(lambda pair: pair.group()[0], word).replace("w", "")
    for text in (plain, word):
        yield text
        for tone in reversed(list(_TONE.finditer(text))):
            yield text[: tone.start()] + text[tone.end() :]


def segmentations(word: str, known: Known, joined: Joined) -> list[tuple[str, ...]]:
    """The likeliest ways to take ``word`` apart into several known words and numbers, fewest strange joints first."""
    best: list[list[tuple[int, tuple[str, ...]]]] = [[(0, ())], *([] for _ in word)]
    for start in range(len(word)):
        for end in _ends(word, start):
            piece = word[start:end]
            if best[start] and (piece.isdigit() or known(piece)):
                best[end] += [(_strain(cost, before, piece, joined), (*before, piece)) for cost, before in best[start]]
                best[end] = sorted(best[end])[:_MOST_WAYS]
    return [pieces for _, pieces in best[-1] if len(pieces) > 1]


def _ends(word: str, start: int) -> Iterable[int]:
    """Where a piece that begins at ``start`` may end: a number behind its last digit, a word before the next number."""
    number = _DIGITS_ALONG.match(word, start)
    if number:
        return (number.end(),)
    letters = _LETTERS.match(word, start)
    most = letters.end() if letters else start
    return range(start + 1, min(most, start + _LONGEST_SYLLABLE) + 1)


def _strain(cost: int, before: tuple[str, ...], piece: str, joined: Joined) -> int:
    numeric = piece.isdigit() or (bool(before) and before[-1].isdigit())
    strange = bool(before) and not numeric and not joined(before[-1], piece)
    return cost + 1 + (len(piece) == 1 and not numeric) + 2 * strange


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
