"""Coverage: how much of what was asked for – weighted by how rare the words are – the title of a candidate holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from bot.search.index import Numbers, TitleIndex, Weights
from bot.search.lexicon import Phrase
from bot.search.query import Question, Term

Slot = tuple[tuple[str, float], ...]
"""The known words that one word of the question may stand for, each with its weight."""

_OTHER_FIELD = 0.45
_LOOSE = 0.65
_SYNONYM = 0.95
_BROADER = 0.8
_SLIP, _UNSUPPORTED_SLIP = 0.85, 0.3
_LEAST_RARITY = 0.5


@dataclass(frozen=True, slots=True)
class Idea:
    """A term against the vocabulary: what may stand for it, and how much of the question it is."""

    readings: tuple[tuple[Slot, ...], ...]
    weight: float
    term: Term


def ideas(question: Question, index: TitleIndex) -> tuple[Idea, ...]:
    """The terms of ``question`` with the words of ``index`` that they may stand for."""
    found = []
    for term in question.terms:
        readings = [_typed_reading(term, question.words, index)]
        readings += [tuple(_slot(word, _SYNONYM, index) for word in reading) for reading in term.readings[1:]]
        readings += [tuple(_slot(word, _BROADER, index) for word in reading) for reading in term.broader]
        found.append(Idea(tuple(readings), term.weight * _importance(term, index), term))
    return tuple(found)


def _typed_reading(term: Term, words: Phrase, index: TitleIndex) -> tuple[Slot, ...]:
    slots = []
    for position in range(term.start, term.start + term.length):
        word = words[position]
        if word in index.vocabulary or not term.exact:
            slots.append(_slot(word, 1.0, index))
            continue
        beside = words[max(0, position - 1) : position], words[position + 1 : position + 2]
        slots.append(tuple((near, _slip_weight(near, beside, index)) for near in index.vocabulary.near(word)))
    return tuple(slots)


def _slot(word: str, weight: float, index: TitleIndex) -> Slot:
    return ((word, weight),) if word in index.vocabulary else ()


def _slip_weight(near: str, beside: tuple[Phrase, Phrase], index: TitleIndex) -> float:
    """A re-spelled word is believed only when some title has it next to the same neighbour."""
    before, behind = beside
    supported = any(index.joined(word, near) for word in before) or any(index.joined(near, word) for word in behind)
    return _SLIP if supported else _UNSUPPORTED_SLIP


def _importance(term: Term, index: TitleIndex) -> float:
    official = (*term.readings[1:], *term.broader) or term.readings
    sums = [sum(rarity_of(word, index) for word in reading) / math.sqrt(len(reading)) for reading in official]
    return sum(sums) / len(sums)


def rarity_of(word: str, index: TitleIndex) -> float:
    """How much ``word`` tells in this catalogue; an unknown word tells most."""
    key = index.vocabulary.ids.get(word)
    most = math.log1p(max(index.size, 1))
    return most if key is None else max(float(index.rarity[key]), _LEAST_RARITY)


@dataclass(slots=True)
class Sheet:
    """What the candidates hold of single words and pairs, computed once each."""

    index: TitleIndex
    candidates: Numbers
    _words: dict[str, Weights] = field(default_factory=dict)
    _pairs: dict[tuple[str, str], NDArray[np.bool_]] = field(default_factory=dict)

    def word(self, word: str) -> Weights:
        """1.0 for candidates with ``word`` in the title, less where only another field has it."""
        if word not in self._words:
            key = self.index.vocabulary.ids.get(word)
            if key is None:
                self._words[word] = self.nothing()
            else:
                other = np.where(self.index.others.among(key, self.candidates), _OTHER_FIELD, 0.0)
                title = self.index.titles.among(key, self.candidates)
                self._words[word] = np.where(title, 1.0, other).astype(np.float32)
        return self._words[word]

    def pair(self, left: str, right: str) -> NDArray[np.bool_]:
        """Which candidates have ``right`` directly behind ``left`` in the title."""
        if (left, right) not in self._pairs:
            key = self.index.pair(left, right)
            nobody = np.zeros(len(self.candidates), np.bool_)
            self._pairs[left, right] = nobody if key is None else self.index.pairs.among(key, self.candidates)
        return self._pairs[left, right]

    def phrase(self, phrase: Phrase) -> NDArray[np.bool_]:
        """Which candidates have the whole ``phrase`` in the title."""
        found: NDArray[np.bool_] = self.word(phrase[0]) == 1.0
        for left, right in pairwise(phrase):
            found &= self.pair(left, right)
        return found

    def nothing(self) -> Weights:
        """A fresh zero for every candidate."""
        return np.zeros(len(self.candidates), np.float32)


def coverage(found: Sequence[Idea], sheet: Sheet) -> Weights:
    """How much of the question each candidate covers, 0…1; zeros when nothing was asked for."""
    total = sum(idea.weight for idea in found)
    covered = sheet.nothing()
    for number, idea in enumerate(found):
        before = found[number - 1] if number else None
        behind = found[number + 1] if number + 1 < len(found) else None
        best = _reading_coverage(idea.readings[0], _edges(idea, before, behind), sheet)
        for reading in idea.readings[1:]:
            best = np.maximum(best, _reading_coverage(reading, (None, None), sheet))
        covered += np.float32(idea.weight) * best
    return covered / np.float32(total) if total else covered


def _edges(idea: Idea, before: Idea | None, behind: Idea | None) -> tuple[Slot | None, Slot | None]:
    """The neighbouring slots of an idea, where the words really touched in the question."""
    if not idea.term.exact:
        return None, None
    start, end = idea.term.start, idea.term.start + idea.term.length
    left = before.readings[0][-1] if before and before.term.start + before.term.length == start else None
    right = behind.readings[0][0] if behind and behind.term.start == end else None
    return left, right


def _reading_coverage(slots: Sequence[Slot], edges: tuple[Slot | None, Slot | None], sheet: Sheet) -> Weights:
    if not all(slots):
        return sheet.nothing()
    covered, total = sheet.nothing(), 0.0
    framed = (edges[0], *slots, edges[1])
    for number, slot in enumerate(slots, start=1):
        weight = max(rarity_of(word, sheet.index) for word, _ in slot)
        held = _held(slot, framed[number - 1], framed[number + 1], sheet)
        covered += np.float32(weight) * held
        total += weight
    return covered / np.float32(total)


def _held(slot: Slot, left: Slot | None, right: Slot | None, sheet: Sheet) -> Weights:
    """Presence of a slot: full when a neighbour of the question stands beside it in the title too, else weaker."""
    held = sheet.nothing()
    for word, weight in slot:
        touched = np.zeros(len(sheet.candidates), np.bool_)
        for (other, _), (inner, _) in product(left or (), ((word, weight),)):
            touched |= sheet.pair(other, inner)
        for other, _ in right or ():
            touched |= sheet.pair(word, other)
        tight = 1.0 if left is None and right is None else np.where(touched, 1.0, _LOOSE)
        held = np.maximum(held, np.float32(weight) * sheet.word(word) * np.asarray(tight, np.float32))
    return held
