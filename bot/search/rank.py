"""Rank candidate titles for a question. Every score is in 0…1, comparable between questions, and can say why.

The score is *coverage*, lowered where place, year or kind of answer do not fit, and then ordered by closeness within a
small margin.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.core.catalogue import Dataset, Hit
from bot.core.text import tokens
from bot.search.coverage import Sheet
from bot.search.index import Weights
from bot.search.lexicon import Cue, Lexicon, Phrase, marks_of
from bot.search.query import Question

Spelt = tuple[Phrase, str]
"""A word folded, and its diacritics."""

NATIONAL = -1
"""Number of the whole country among the provinces of an index."""

_FINE = 0.14
_RERANKED = 60
_LOCAL = ("dia", "phuong")


def fit_of_place(question: Question, sheet: Sheet, provinces: NDArray[np.int16], asked: frozenset[int]) -> Weights:
    """How well the scope of each candidate fits the places asked for: 1.0 when it is theirs or tells of every place."""
    scope = provinces[sheet.candidates]
    if not question.places:
        return np.ones(len(scope), np.float32)
    named = np.zeros(len(scope), np.bool_)
    for mention in question.places:
        for spelling in mention.place.spellings:
            named |= sheet.phrase(spelling)
    local = sheet.phrase(_LOCAL) | (sheet.word("tinh") == 1.0)
    fit = np.where(scope == NATIONAL, np.where(local, 0.95, 0.75), 0.35)
    return np.where(named | np.isin(scope, list(asked)), 1.0, fit).astype(np.float32)


def closest(
    question: Question, lexicon: Lexicon, datasets: Sequence[Dataset], sheet: Sheet, scores: Weights
) -> list[Hit]:
    """The best candidates with their final score and its parts, best first; equal scores keep their order."""
    order = np.argsort(-scores, kind="stable")[:_RERANKED]
    local = sheet.phrase(_LOCAL)
    marked = [word for word in map(_spelt, question.typed) if word[1]]
    hits = []
    for at in order:
        if scores[at] <= 0:
            break
        dataset = datasets[int(sheet.candidates[at])]
        why = _closeness(question, lexicon, dataset, marked) | {"local": float(local[at])}
        fine = 0.5 * why["words"] + 0.2 * why["length"] + 0.15 * why["marks"] + 0.15 * why["local"]
        score = float(scores[at]) * why["year"] * why["kind"] * (1 - _FINE + _FINE * fine)
        hits.append(Hit(dataset=dataset, score=min(1.0, score), why={"coverage": float(scores[at]), **why}))
    return sorted(hits, key=lambda hit: -hit.score)


def _closeness(question: Question, lexicon: Lexicon, dataset: Dataset, marked: Sequence[Spelt]) -> dict[str, float]:
    words = tokens(dataset.title)
    asked, title = " ".join(question.words), " ".join(words)
    return {
        "words": fuzz.token_set_ratio(asked, title) / 100,
        "length": fuzz.token_sort_ratio(asked, title) / 100,
        "marks": _marks(marked, dataset.title),
        "year": _year(question.years, words),
        "kind": _kind(question.cues, words, lexicon),
    }


def _marks(typed: Sequence[Spelt], title: str) -> float:
    """Share of the words typed with diacritics that the title has with the same ones; 1.0 when none was typed."""
    if not typed:
        return 1.0
    printed = set(map(_spelt, title.split()))
    return sum(word in printed for word in typed) / len(typed)


@lru_cache(maxsize=20_000)
def _spelt(word: str) -> Spelt:
    return tokens(word), marks_of(word)


def _year(years: Sequence[int], words: Phrase) -> float:
    printed = {int(word) for word in words if len(word) == 4 and word.isdigit()}
    if not years or not printed or printed & set(years):
        return 1.0
    return 1.0 if len(printed) > 1 and min(printed) <= min(years) <= max(printed) else 0.85


def _kind(cues: frozenset[Cue], words: Phrase, lexicon: Lexicon) -> float:
    if not cues & {Cue.LIST, Cue.WHERE}:
        return 1.0
    figures = any(words[:length] in lexicon.figures for length in (1, 2, 3, 4))
    return 0.62 if figures else 1.0
