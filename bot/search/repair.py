"""Repair of a question's words: input-method residue, missing spaces and slips, with the neighbours deciding.

A word that the catalogue, the lexicon or a place has is never changed, nor is a number. For every other word the ways
to read it cost something, as does every pair of neighbours that is known from nowhere; the cheapest reading of the
whole question is taken. What stays as it was typed may still be matched loosely: :meth:`Repair.slips`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bot.search.index import TitleIndex
from bot.search.lexicon import Lexicon, Phrase
from bot.search.places import Places
from bot.search.spelling import residue, segmentations
from bot.search.syllables import SYLLABLES

_AS_TYPED, _SYLLABLE_AS_TYPED = 3.0, 2.0
_TOO_LONG, _LONGEST_SYLLABLE = 0.5, 7
_RESIDUE = 1.0
_TAKEN_APART, _PIECE = 2.0, 0.3
_SLIP = 3.2
_STRANGE, _RARE = 1.0, 0.5
_BESIDE_NUMBER = 0.5
_MOST_SLIPS = 24
_LONG = 5
_LONGEST = 40
_SHORTEST_NAME = 3
_MOST_DOUBTED, _MOST_UNLIKELY = 8, 6
_LIKELY_SLIP, _KNOWN_SLIP, _UNLIKELY_SLIP = 0.85, 0.6, 0.3
_SHORTEST_DOUBTED = 3
_RARELY, _MANY_MORE = 20_000, 30
"""Of that many titles one may have two words by accident; what was meant instead is that many times as common."""

Choice = tuple[Phrase, float]
"""One way to read a word: what it stands for, and what believing that costs."""

Joint = tuple[str, str]
"""Two words that follow each other."""

Slip = tuple[str, float]
"""A word that may have been meant, and how far that is believed."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Knows the words of a catalogue, of the lexicon and of places, and which of them follow each other somewhere."""

    index: TitleIndex
    words: frozenset[str]
    joints: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, index: TitleIndex, lexicon: Lexicon, places: Places) -> "Repair":
        """What is known beside ``index`` from the phrases of ``lexicon`` and ``places``."""
        lists = (lexicon.abbreviations, lexicon.synonyms, lexicon.broader)
        phrases = [*lexicon.cues, *places.spellings, *(phrase for each in lists for phrase in each.phrases())]
        joints = frozenset(joint for phrase in phrases for joint in pairwise(phrase))
        return cls(index, lexicon.words | places.words, joints)

    def knows(self, word: str) -> bool:
        """Whether a folded word occurs in the catalogue, the lexicon or a place's name."""
        return word in self.index.vocabulary or word in self.words

    def joined(self, left: str, right: str) -> bool:
        """Whether two words follow each other in a title, a phrase of the lexicon or a place's name."""
        return (left, right) in self.joints or self.index.joined(left, right)

    def repaired(self, words: Sequence[str]) -> list[Phrase]:
        """For each of the folded ``words`` what it stands for: itself, another word, or several.

        Slips are looked for in the first few unknown words only: many of them are noise, which must not cost time.
        """
        unknown = [word for word in words if not (word.isdigit() or self.knows(word))]
        doubted = unknown[:_MOST_DOUBTED]
        choices: list[list[Choice]] = [self._choices(word) if word in unknown else [((word,), 0.0)] for word in words]
        for word, ways in zip(words, choices, strict=True):
            if word in doubted:
                ways.extend(self._slips(word))
        if all(len(each) == 1 for each in choices):
            return [each[0][0] for each in choices]
        joints = [
            (left[-1], right[0]) for before, behind in pairwise(choices) for left, _ in before for right, _ in behind
        ]
        return _cheapest(choices, {joint: self._strain(count) for joint, count in self._counts(joints).items()})

    def slips(self, words: Sequence[str]) -> dict[int, tuple[Slip, ...]]:
        """By position, what else some of the repaired ``words`` may have been meant to be.

        An unknown word may be any word near it; a known one only where hardly any title has it beside its neighbours,
        and many more have another word there. Those that fit a neighbour come first and are believed more.
        """
        joints = list(pairwise(words))
        counted = self._counts([joint for joint in joints if not _numeric(joint)])
        counts = [0, *(counted.get(joint, 0) for joint in joints), 0]
        found: dict[int, tuple[Slip, ...]] = {}
        for at, word in enumerate(words):
            most = max(counts[at], counts[at + 1])
            if most > self.index.size // _RARELY or word.isdigit():
                continue
            known = self.knows(word)
            if known and (len(word) < _SHORTEST_DOUBTED or all(map(_numeric, joints[max(0, at - 1) : at + 1]))):
                continue
            if len(found) == _MOST_DOUBTED:
                break
            least = max(1, _MANY_MORE * most) if known else 1
            near = self._near(word, words[max(0, at - 1) : at], words[at + 1 : at + 2], least)
            found[at] = tuple(
                (each, (_KNOWN_SLIP if known else _LIKELY_SLIP) if fits else _UNLIKELY_SLIP)
                for each, fits in near
                if fits or not known
            )
        return {at: near for at, near in found.items() if near}

    def _near(self, word: str, before: Sequence[str], behind: Sequence[str], least: int) -> Iterator[tuple[str, bool]]:
        """Words near ``word``: first what ``least`` titles or more have beside a neighbour, then a few others."""
        near = self.index.vocabulary.near(word, _MOST_SLIPS, _LONG)
        joints = [(left, each) for each in near for left in before]
        joints += [(each, right) for each in near for right in behind]
        enough = [joint for joint, count in self._counts(joints).items() if count >= least]
        fits = {word for joint in enough for word in joint}
        yield from ((each, True) for each in near if each in fits)
        yield from ((each, False) for each in near[:_MOST_UNLIKELY] if each not in fits)

    def _counts(self, joints: Sequence[Joint]) -> dict[Joint, int]:
        """How many titles have each of ``joints``, of those that are known; what a phrase has counts as all titles."""
        ids = self.index.vocabulary.ids
        numbers = [(ids.get(left, -1), ids.get(right, -1)) for left, right in joints]
        keys = [left * len(ids) + right if left >= 0 and right >= 0 else len(ids) ** 2 for left, right in numbers]
        pairs = self.index.pair_numbers(keys)
        offsets = self.index.pairs.offsets
        counts = np.where(pairs >= 0, offsets[pairs + 1] - offsets[pairs], 0).tolist()
        found = {joint: count for joint, count in zip(joints, counts, strict=True) if count}
        return found | {joint: max(self.index.size, 1) for joint in joints if joint in self.joints}

    def _strain(self, count: int) -> float:
        """What a joint costs that ``count`` titles have: next to nothing when many do."""
        size = max(self.index.size, 1)
        return _RARE * math.log1p(size / (count + 1)) / math.log1p(size)

    def _choices(self, word: str) -> list[Choice]:
        if word in SYLLABLES:
            return [((word,), _SYLLABLE_AS_TYPED)]
        typed = _AS_TYPED + _TOO_LONG * max(0, len(word) - _LONGEST_SYLLABLE)
        return [((word,), typed), *self._residue(word), *self._pieces(word)]

    def _residue(self, word: str) -> Iterator[Choice]:
        plain = [candidate for candidate in residue(word) if self.knows(candidate) or candidate in SYLLABLES]
        known = [candidate for candidate in plain if self.knows(candidate)]
        for number, candidate in enumerate(known or plain):
            yield (candidate,), _RESIDUE + _PIECE * number

    def _pieces(self, word: str) -> Iterator[Choice]:
        if len(word) <= _LONGEST:
            for pieces in segmentations(word, self._may_be_piece, self.joined):
                strange = sum(not self.joined(left, right) for left, right in pairwise(pieces))
                yield pieces, _TAKEN_APART + _PIECE * (len(pieces) - 1) + _STRANGE * strange

    def _may_be_piece(self, piece: str) -> bool:
        return (piece in SYLLABLES or len(piece) >= _SHORTEST_NAME) and self.knows(piece)

    def _slips(self, word: str) -> Iterable[Choice]:
        return (((near,), _SLIP) for near in self.index.vocabulary.near(word, _MOST_SLIPS, _LONG))


def _numeric(joint: Joint) -> bool:
    return joint[0].isdigit() or joint[1].isdigit()


def _cheapest(choices: Sequence[Sequence[Choice]], strains: Mapping[Joint, float]) -> list[Phrase]:
    """One choice for every word, so that they and their joints cost least; ``strains`` has those that are known."""
    paths: list[tuple[float, list[Phrase]]] = [(0.0, [])]
    for ways in choices:
        reached = []
        for pieces, cost in ways:
            costs = [total + _strain_behind(path, pieces[0], strains) for total, path in paths]
            best = min(range(len(costs)), key=costs.__getitem__)
            reached.append((costs[best] + cost, [*paths[best][1], pieces]))
        paths = reached
    return min(paths, key=lambda path: path[0])[1]


def _strain_behind(path: Sequence[Phrase], word: str, strains: Mapping[Joint, float]) -> float:
    if not path:
        return 0.0
    joint = (path[-1][-1], word)
    return _BESIDE_NUMBER if _numeric(joint) else strains.get(joint, _STRANGE)
