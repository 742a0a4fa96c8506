"""Repair of a question's words: input-method residue, missing spaces and slips, with the neighbours deciding.

A word that the catalogue, the lexicon or a place has is never changed, nor is a number. For every other word the ways
to read it cost something, as does every pair of neighbours that is known from nowhere; the cheapest reading of the
whole question is taken. What stays as it was typed may still be matched loosely: :meth:`Repair.slips`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

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
_STRANGE = 1.0
_BESIDE_NUMBER = 0.5
_MOST_SLIPS = 24
_LONGEST = 40
_SHORTEST_NAME = 4
_MOST_DOUBTED, _MOST_UNLIKELY = 8, 6
_LIKELY_SLIP, _KNOWN_SLIP, _UNLIKELY_SLIP = 0.85, 0.8, 0.3

Choice = tuple[Phrase, float]
"""One way to read a word: what it stands for, and what believing that costs."""

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
        """For each of the folded ``words`` what it stands for: itself, another word, or several."""
        choices = [self._choices(word) for word in words]
        if all(len(each) == 1 for each in choices):
            return [each[0][0] for each in choices]
        return _cheapest(choices, self._strangeness)

    def slips(self, words: Sequence[str]) -> dict[int, tuple[Slip, ...]]:
        """By position, what else some of the repaired ``words`` may have been meant to be.

        An unknown word may be any word near it; a known one only where it follows and precedes nothing that it is known
        to, and another word would. Those that fit a neighbour come first and are believed more.
        """
        seen = self._seen([joint for joint in pairwise(words) if not _numeric(joint)])
        found: dict[int, tuple[Slip, ...]] = {}
        for at, word in enumerate(words):
            joints = [joint for joint in pairwise(words[max(0, at - 1) : at + 2]) if not _numeric(joint)]
            known = self.knows(word)
            if word.isdigit() or (known and (not joints or any(joint in seen for joint in joints))):
                continue
            if len(found) == _MOST_DOUBTED:
                break
            near = self._near(word, words[max(0, at - 1) : at], words[at + 1 : at + 2], known=known)
            if near:
                found[at] = near
        return found

    def _near(self, word: str, before: Sequence[str], behind: Sequence[str], *, known: bool) -> tuple[Slip, ...]:
        near = self.index.vocabulary.near(word, _MOST_SLIPS)
        joints = [(left, each) for each in near for left in before] + [
            (each, right) for each in near for right in behind
        ]
        seen = self._seen(joints)
        fits = {each for left, right in seen for each in (left, right)}
        supported = [(each, _KNOWN_SLIP if known else _LIKELY_SLIP) for each in near if each in fits]
        rest = [] if known else [(each, _UNLIKELY_SLIP) for each in near[:_MOST_UNLIKELY] if each not in fits]
        return (*supported, *rest)

    def _seen(self, joints: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Those of ``joints`` that are known from somewhere."""
        ids = self.index.vocabulary.ids
        numbers = [(ids.get(left, -1), ids.get(right, -1)) for left, right in joints]
        keys = [left * len(ids) + right if left >= 0 and right >= 0 else len(ids) ** 2 for left, right in numbers]
        pairs = self.index.pair_numbers(keys).tolist()
        return {j for j, pair in zip(joints, pairs, strict=True) if pair >= 0 or j in self.joints}

    def _choices(self, word: str) -> list[Choice]:
        if word.isdigit() or self.knows(word):
            return [((word,), 0.0)]
        if word in SYLLABLES:
            return [((word,), _SYLLABLE_AS_TYPED), *self._slips(word)]
        typed = _AS_TYPED + _TOO_LONG * max(0, len(word) - _LONGEST_SYLLABLE)
        return [((word,), typed), *self._residue(word), *self._pieces(word), *self._slips(word)]

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
        return (((near,), _SLIP) for near in self.index.vocabulary.near(word, _MOST_SLIPS))

    def _strangeness(self, left: str, right: str) -> float:
        if left.isdigit() or right.isdigit():
            return _BESIDE_NUMBER
        return 0.0 if self.joined(left, right) else _STRANGE


def _numeric(joint: tuple[str, str]) -> bool:
    return joint[0].isdigit() or joint[1].isdigit()


def _cheapest(choices: Sequence[Sequence[Choice]], strangeness: Callable[[str, str], float]) -> list[Phrase]:
    """One choice for every word, so that they and their joints cost least; the first of equals."""
    paths: list[tuple[float, list[Phrase]]] = [(0.0, [])]
    for ways in choices:
        reached = []
        for pieces, cost in ways:
            costs = [total + strangeness(path[-1][-1], pieces[0]) if path else total for total, path in paths]
            best = min(range(len(costs)), key=costs.__getitem__)
            reached.append((costs[best] + cost, [*paths[best][1], pieces]))
        paths = reached
    return min(paths, key=lambda path: path[0])[1]
