"""Rank candidate titles for a question by how likely each answers it, from parts that can say why.

The parts are shares in 0…1, found for all candidates at once from the words of the index: no dataset is looked at.
Their weights were fitted on judged questions (``python -m bench.search.calibrate``), so that a score is the chance that
a person finds the answer in that dataset; ``docs/measurements.md`` shows how true that is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.search.coverage import Idea, cover
from bot.search.gather import Scope
from bot.search.index import TitleIndex, Weights
from bot.search.lexicon import Cue, Lexicon, Phrase
from bot.search.likeness import explained, likeness, marks
from bot.search.locality import fit_of_place, own_list
from bot.search.query import Question
from bot.search.relevance import chance_of, lead_of, utility_of
from bot.search.sheet import Sheet

_LOCAL = ("dia", "phuong")
_MOST_LEADING = 4
_ASKS_WHICH = frozenset({Cue.LARGEST, Cue.SMALLEST})


@dataclass(frozen=True, slots=True)
class Ranked:
    """A dataset by its number, with its score in 0…1 and the parts of the score by name."""

    number: int
    score: float
    why: dict[str, float]


def rank(parts: Mapping[str, Weights], sheet: Sheet, limit: int) -> list[Ranked]:
    """The best ``limit`` candidates by the ``parts`` of their score, best first; equal ones keep their order.

    No score is above that of a better candidate.
    """
    best = np.argsort(-parts["utility"], kind="stable")[:limit]
    chosen = {name: part[best] for name, part in parts.items()}
    scores = np.minimum.accumulate(chance_of(chosen)).tolist()
    whys = zip(*(part.tolist() for part in chosen.values()), strict=True)
    found = zip(sheet.candidates[best].tolist(), scores, whys, strict=True)
    return [Ranked(number, score, dict(zip(chosen, why, strict=True))) for number, score, why in found]


def judge(
    question: Question, found: Sequence[Idea], lexicon: Lexicon, sheet: Sheet, scope: Scope
) -> Mapping[str, Weights]:
    """The parts of the score of every candidate, by name."""
    covered = cover(found, sheet)
    parts = {
        "coverage": covered.whole,
        "subject": covered.subject,
        "first": covered.first,
        "weakest": covered.weakest,
        "lost": covered.lost,
        "sure": covered.sure,
        "heard": covered.heard,
        **explained(question, found, sheet),
        **likeness(question, sheet),
        "marks": marks(question, sheet),
        "place": fit_of_place(question, sheet, scope),
        "own": own_list(question, sheet, scope),
        "year": _year(question.years, sheet),
        "kind": _kind(question.cues, sheet, lexicon),
        "local": sheet.phrase(_LOCAL).astype(np.float32),
    }
    utility = utility_of(parts)
    return {**parts, "utility": utility, "lead": lead_of(utility)}


def _year(years: Sequence[int], sheet: Sheet) -> Weights:
    """1.0 where the title has a year that was asked for, a span of years around it or no year at all."""
    if not years:
        return np.ones(len(sheet.candidates), np.float32)
    first, last = sheet.index.first_years[sheet.candidates], sheet.index.last_years[sheet.candidates]
    fits = last == 0
    for year in set(years):
        fits |= (first <= year) & (year <= last)
    fitting: Weights = fits.astype(np.float32)
    return fitting


def _kind(cues: frozenset[Cue], sheet: Sheet, lexicon: Lexicon) -> Weights:
    """0.0 where names or a place are asked for and the title begins as tables of figures do."""
    kind = np.ones(len(sheet.candidates), np.float32)
    if cues & {Cue.LIST, Cue.WHERE} and not cues & _ASKS_WHICH:
        figures = _numbered(lexicon.figures, sheet.index)
        leading = sheet.titles[:_MOST_LEADING].T.tolist()
        for at, words in enumerate(leading):
            if any(tuple(words[:length]) in figures for length in range(1, _MOST_LEADING + 1)):
                kind[at] = 0.0
    return kind


def _numbered(phrases: Collection[Phrase], index: TitleIndex) -> set[tuple[int, ...]]:
    return {tuple(index.vocabulary.ids.get(word, -1) for word in phrase) for phrase in phrases}
