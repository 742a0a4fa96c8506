"""Rank candidate titles for a question. Every score is in 0…1, comparable between questions, and can say why.

The score is *coverage*, lowered where place, year or kind of answer do not fit, and then ordered by closeness within a
small margin. All candidates are judged at once, from the words of the index: no dataset is looked at.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.gather import Scope
from bot.search.index import TitleIndex, Weights
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.numbering import MARKS, spelt
from bot.search.query import Question
from bot.search.sheet import Held, Sheet

NATIONAL = -1
"""Number of the whole country among the provinces of an index."""

_FINE = 0.14
_LOCAL = ("dia", "phuong")
_YEAR_MISSED, _FIGURES_FOR_NAMES = 0.85, 0.62
_MOST_LEADING = 4


@dataclass(frozen=True, slots=True)
class Ranked:
    """A dataset by its number, with its score in 0…1 and the parts of the score by name."""

    number: int
    score: float
    why: dict[str, float]


def fit_of_place(question: Question, sheet: Sheet, scope: Scope) -> Weights:
    """How well the scope of each candidate fits the places asked for: 1.0 when it is theirs or tells of every place."""
    if not question.places:
        return np.ones(len(sheet.candidates), np.float32)
    where = scope.of(sheet.candidates)
    named = np.isin(where, list(scope.asked))
    for mention in question.places:
        for spelling in mention.place.spellings:
            named |= sheet.phrase(spelling)
    local = sheet.phrase(_LOCAL) | sheet.has("tinh")
    fit = np.where(where == NATIONAL, np.where(local, 0.95, 0.75), 0.35)
    return np.where(named, 1.0, fit).astype(np.float32)


def closest(
    question: Question, sheet: Sheet, held: Held, scores: Weights, *, lexicon: Lexicon, limit: int
) -> list[Ranked]:
    """The best ``limit`` candidates with their final score and its parts, best first; equal scores keep their order.

    ``held`` is what they hold of all words that the question has or may stand for.
    """
    parts = {
        **_likeness(question, sheet, held),
        "marks": _marks(question, sheet),
        "year": _year(question.years, sheet),
        "kind": _kind(question.cues, sheet, lexicon),
        "local": sheet.phrase(_LOCAL).astype(np.float32),
    }
    fine = 0.5 * parts["words"] + 0.2 * parts["length"] + 0.15 * parts["marks"] + 0.15 * parts["local"]
    final = np.minimum(scores * parts["year"] * parts["kind"] * (1 - _FINE + _FINE * fine), 1.0)
    best = np.argsort(-final, kind="stable")[:limit]
    best = best[final[best] > 0]
    why = np.array([scores, *parts.values()])[:, best].T.tolist()
    names = ("coverage", *parts)
    found = zip(sheet.candidates[best].tolist(), final[best].tolist(), why, strict=True)
    return [Ranked(number, score, dict(zip(names, part, strict=True))) for number, score, part in found]


def _likeness(question: Question, sheet: Sheet, held: Held) -> Mapping[str, Weights]:
    """``words``: how far one of title and question is part of the other; ``length``: how far they are the same.

    Both are shares of letters in words that stand in both, in any order; an everyday word counts as the official one.
    """
    asked = set(question.words)
    total = np.float32(max(sum(map(len, asked)) + len(asked), 1))
    words = sheet.index.vocabulary.words
    letters = np.array([0, *(len(words[word]) + 1 for word in held.rows)], np.float32)
    common = letters @ (held.words == np.float32(1))
    titles = sheet.index.letters[sheet.candidates].astype(np.float32)
    shorter = np.maximum(np.minimum(titles, total), common)
    return {"words": 2 * common / (common + shorter), "length": 2 * common / (titles + np.maximum(total, common))}


def _marks(question: Question, sheet: Sheet) -> Weights:
    """Share of the words typed with diacritics that the title has with the same ones; 1.0 when none was typed."""
    index = sheet.index
    typed = [word for part in question.typed if not part.isascii() for word in spelt(part) if word[1]]
    if not typed:
        return np.ones(len(sheet.candidates), np.float32)
    printed = index.printed_marks.take(sheet.positions, mode="clip")
    codes = np.where(sheet.titles == sheet.filler, 0, sheet.titles.astype(np.uint32) * np.uint32(MARKS) + printed)
    found = np.zeros(len(sheet.candidates), np.float32)
    for word, marks in typed:
        number, kind = index.vocabulary.ids.get(word), index.marks.get(marks)
        if number is not None and kind is not None:
            found += (codes == number * MARKS + kind).any(axis=0)
    return found / np.float32(len(typed))


def _year(years: Sequence[int], sheet: Sheet) -> Weights:
    """1.0 where the title has a year that was asked for, a span of years around it or no year at all."""
    if not years:
        return np.ones(len(sheet.candidates), np.float32)
    first, last = sheet.index.first_years[sheet.candidates], sheet.index.last_years[sheet.candidates]
    fits = last == 0
    for year in set(years):
        fits |= (first <= year) & (year <= last)
    return np.where(fits, np.float32(1), np.float32(_YEAR_MISSED))


def _kind(cues: frozenset[Cue], sheet: Sheet, lexicon: Lexicon) -> Weights:
    """Less where names or a place are asked for and the title begins as tables of figures do."""
    kind = np.ones(len(sheet.candidates), np.float32)
    if cues & {Cue.LIST, Cue.WHERE}:
        figures = _numbered(lexicon.figures, sheet.index)
        leading = sheet.titles[:_MOST_LEADING].T.tolist()
        for at, words in enumerate(leading):
            if any(tuple(words[:length]) in figures for length in range(1, _MOST_LEADING + 1)):
                kind[at] = _FIGURES_FOR_NAMES
    return kind


def _numbered(phrases: Collection[Phrase], index: TitleIndex) -> set[tuple[int, ...]]:
    return {tuple(index.vocabulary.ids.get(word, -1) for word in phrase) for phrase in phrases}
