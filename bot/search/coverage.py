"""Coverage: how much of what was asked for – weighted by how rare the words are – the title of a candidate holds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bot.search.index import TitleIndex, Weights
from bot.search.query import Question, Term
from bot.search.sheet import Held, Sheet, Truths, hold

Slot = tuple[tuple[int, float], ...]
"""The numbers of the known words that one word of the question may stand for, each with its weight."""

LOOSE = 0.65
"""What a word counts whose neighbours in the title are others than in the question."""

_SYNONYM = 0.95
_BROADER = 0.8
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
        readings = [_typed_reading(term, question, index)]
        readings += [tuple(_slot(word, _SYNONYM, index) for word in reading) for reading in term.readings[1:]]
        readings += [tuple(_slot(word, _BROADER, index) for word in reading) for reading in term.broader]
        found.append(Idea(tuple(readings), term.weight * _importance(term, index), term))
    return tuple(found)


def _typed_reading(term: Term, question: Question, index: TitleIndex) -> tuple[Slot, ...]:
    slots = []
    for position in range(term.start, term.start + term.length):
        meant = ((question.words[position], 1.0), *(question.slips.get(position, ()) if term.exact else ()))
        numbered = ((index.vocabulary.ids.get(word), weight) for word, weight in meant)
        slots.append(tuple((number, weight) for number, weight in numbered if number is not None))
    return tuple(slots)


def _slot(word: str, weight: float, index: TitleIndex) -> Slot:
    number = index.vocabulary.ids.get(word)
    return () if number is None else ((number, weight),)


def _importance(term: Term, index: TitleIndex) -> float:
    official = (*term.readings[1:], *term.broader) or term.readings
    sums = [sum(rarity_of(word, index) for word in reading) / math.sqrt(len(reading)) for reading in official]
    return sum(sums) / len(sums)


def rarity_of(word: str, index: TitleIndex) -> float:
    """How much ``word`` tells in this catalogue; an unknown word tells most."""
    number = index.vocabulary.ids.get(word)
    return math.log1p(max(index.size, 1)) if number is None else rarity_in(index, number)


def rarity_in(index: TitleIndex, number: int) -> float:
    """:func:`rarity_of` a word of the index by its number."""
    return max(float(index.rarity[number]), _LEAST_RARITY)


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of a question each candidate covers: ``whole`` of all of it and ``subject`` of what it is about, 0…1.

    ``first`` is the share of its first part, which in Vietnamese names what is asked for ("lịch thi …"), ``weakest`` of
    the one that a candidate covers least; ``lost`` is how much of the subject is left uncovered, in words that nothing
    in the catalogue has. ``sure`` is the share of the subject that is covered without believing in a slip, and
    ``heard`` the share that any title of the catalogue could cover.
    """

    whole: Weights
    subject: Weights
    first: Weights
    weakest: Weights
    lost: Weights
    sure: Weights
    heard: Weights


def cover(found: Sequence[Idea], sheet: Sheet) -> Covered:
    """What the candidates of ``sheet`` cover of the ideas ``found``; zeros when nothing was asked for."""
    plan = _Plan(sheet.index)
    for number, idea in enumerate(found):
        before = found[number - 1] if number else None
        behind = found[number + 1] if number + 1 < len(found) else None
        plan.add(idea, _edges(idea, before, behind))
    if not found or not plan.weights:
        return Covered(*(sheet.nothing() for _ in range(7)))
    held, sure = (np.zeros((len(found), len(sheet.candidates)), np.float32) for _ in range(2))
    held[plan.usable], sure[plan.usable] = plan.held_by(sheet)
    usable = np.isin(np.arange(len(found)), plan.usable)
    weights = np.array([idea.weight for idea in found], np.float32)
    about = np.array([idea.term.weight == 1.0 for idea in found])
    if not about.any():
        about[:] = True
    subject = weights[about] @ held[about]
    total = weights[about].sum()
    unknown = np.float32(math.log1p(max(sheet.index.size, 1)))
    return Covered(
        whole=weights @ held / weights.sum(),
        subject=subject / total,
        first=held[int(np.argmax(about))],
        weakest=held[about].min(axis=0),
        lost=(total - subject) / unknown,
        sure=weights[about] @ sure[about] / total,
        heard=np.full(len(sheet.candidates), weights[about & usable].sum() / total, np.float32),
    )


def _edges(idea: Idea, before: Idea | None, behind: Idea | None) -> tuple[Slot | None, Slot | None]:
    """The neighbouring slots of an idea, where the words really touched in the question."""
    if not idea.term.exact:
        return None, None
    start, end = idea.term.start, idea.term.start + idea.term.length
    left = before.readings[0][-1] if before and before.term.start + before.term.length == start else None
    right = behind.readings[0][0] if behind and behind.term.start == end else None
    return left, right


@dataclass(slots=True)
class _Plan:
    """All ideas laid out flat, so that all candidates are judged by a handful of operations on arrays.

    An idea has readings, a reading slots, a slot words. ``ideas``, ``readings`` and ``slots`` say where each begins in
    the level below; ``touching`` which pairs show that a word stands beside its neighbour, for the words that have one.
    """

    index: TitleIndex
    words: list[int] = field(default_factory=list)
    word_weights: list[float] = field(default_factory=list)
    slips: list[bool] = field(default_factory=list)
    alone: list[bool] = field(default_factory=list)
    touching: list[tuple[int, tuple[int, int]]] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    slot_weights: list[float] = field(default_factory=list)
    readings: list[int] = field(default_factory=list)
    ideas: list[int] = field(default_factory=list)
    usable: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    seen: int = 0

    def add(self, idea: Idea, edges: tuple[Slot | None, Slot | None]) -> None:
        """Lay ``idea`` out behind the others; a reading with a word that no title has cannot be covered."""
        usable = [(reading, number == 0) for number, reading in enumerate(idea.readings) if reading and all(reading)]
        if usable:
            self.usable.append(self.seen)
            self.ideas.append(len(self.readings))
            self.weights.append(idea.weight)
        for reading, typed in usable:
            self._add_reading(reading, edges if typed else (None, None), typed=typed)
        self.seen += 1

    def _add_reading(self, reading: Sequence[Slot], edges: tuple[Slot | None, Slot | None], *, typed: bool) -> None:
        self.readings.append(len(self.slots))
        rarities = [max([rarity_in(self.index, word) for word, _ in slot]) for slot in reading]
        total = sum(rarities)
        framed = (edges[0], *reading, edges[1])
        for number, slot in enumerate(reading):
            self.slots.append(len(self.words))
            self.slot_weights.append(rarities[number] / total)
            self._add_slot(slot, framed[number], framed[number + 2])
            self.slips += [typed and weight < 1.0 for _, weight in slot]

    def _add_slot(self, slot: Slot, left: Slot | None, right: Slot | None) -> None:
        for word, weight in slot:
            entry = len(self.words)
            self.words.append(word)
            self.word_weights.append(weight)
            self.alone.append(left is None and right is None)
            self.touching += [(entry, (other, word)) for other, _ in left or ()]
            self.touching += [(entry, (word, other)) for other, _ in right or ()]

    def held_by(self, sheet: Sheet) -> tuple[Weights, Weights]:
        """A row per idea: how much of it each candidate holds, 0…1, and how much without any slip."""
        beside = [word for _, pair in self.touching for word in pair]
        held = hold(sheet, self.words + beside, [pair for _, pair in self.touching])
        found = held.words[[held.rows[word] for word in self.words]] * _column(self.word_weights)
        found *= np.where(self._tight(held), np.float32(1), np.float32(LOOSE))
        best = self._best(found)
        if not any(self.slips):
            return best, best
        return best, self._best(np.where(np.array(self.slips)[:, None], np.float32(0), found))

    def _best(self, found: Weights) -> Weights:
        slots = np.maximum.reduceat(found, self.slots, axis=0) * _column(self.slot_weights)
        readings = np.add.reduceat(slots, self.readings, axis=0)
        best: Weights = np.maximum.reduceat(readings, self.ideas, axis=0)
        return best

    def _tight(self, held: Held) -> Truths:
        """Which words a candidate holds beside a neighbour that they have in the question, if they have one."""
        tight = np.repeat(np.array(self.alone)[:, None], held.words.shape[1], axis=1)
        for entry, pair in self.touching:
            tight[entry] |= held.pairs[held.pair_rows[pair]]
        return tight


def _highest(rows: Weights, starts: Sequence[int]) -> Weights:
    """Of every group of ``rows`` (each begins at one of ``starts``) the highest; most groups are of one row."""
    if len(starts) == len(rows):
        return rows
    found: Weights = np.maximum.reduceat(rows, starts, axis=0)
    return found


def _column(weights: Sequence[float]) -> Weights:
    return np.array(weights, np.float32)[:, None]
