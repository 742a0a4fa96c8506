"""Repair of single words against a vocabulary: input-method residue, missing spaces, slips of a letter.

Only words that the vocabulary does not know are ever repaired: correcting known Vietnamese words destroys questions.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

Known = Callable[[str], bool]
Joined = Callable[[str, str], bool]

_DOUBLED = re.compile(r"aa|ee|oo|dd")
_TONE = re.compile(r"(?<=[aeiouy])[sfrxj]|[sfrxj]$")
_DIGITS = re.compile(r"[0-9]")
_LONGEST_SYLLABLE = 7
_NEAREST = 40
_MOST_NEAR = 6


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
    """The distinct words of an index, numbered, with their character pairs for the words that are not among them."""

    __slots__ = ("_pairs", "ids", "words")

    def __init__(self, ids: Mapping[str, int]) -> None:
        self.ids = ids
        self.words: Sequence[str] = list(ids)
        pairs: dict[str, list[int]] = {}
        for word, number in ids.items():
            if not word.isdigit():
                for pair in _pairs(word):
                    pairs.setdefault(pair, []).append(number)
        self._pairs: dict[str, NDArray[np.int32]] = {pair: np.array(ns, np.int32) for pair, ns in pairs.items()}

    def __contains__(self, word: str) -> bool:
        return word in self.ids

    def near(self, word: str) -> tuple[str, ...]:
        """The known words one slip away from an unknown ``word`` (two for long ones), nearest first; never digits."""
        if len(word) < 2 or any(c.isdigit() for c in word) or not self.words:
            return ()
        common = np.zeros(len(self.words), np.int16)
        for pair in _pairs(word):
            numbers = self._pairs.get(pair)
            if numbers is not None:
                common[numbers] += 1
        candidates = np.argpartition(-common, min(_NEAREST, len(common) - 1))[:_NEAREST].tolist()
        slips = 2 if len(word) >= 7 else 1
        measured = [(OSA.distance(word, self.words[n], score_cutoff=slips), n) for n in candidates if common[n]]
        near = sorted((distance, -int(common[n]), n) for distance, n in measured if distance <= slips)
        return tuple(self.words[n] for _, _, n in near[:_MOST_NEAR])


def _pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}
