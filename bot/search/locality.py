"""How well the scope of a dataset fits the places that a question names."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.search.gather import Scope
from bot.search.index import Weights
from bot.search.query import Question
from bot.search.sheet import Sheet, Truths

NATIONAL = -1
"""Number of the whole country among the provinces of an index."""

_BY_PROVINCE = (("dia", "phuong"), ("tinh",), ("tinh", "thanh", "pho"))
_BY_COMMUNE = (("xa",), ("phuong",), ("cap", "xa"), ("don", "vi", "hanh", "chinh"))
_LOCAL, _WHOLE, _ELSEWHERE = 0.9, 0.4, 0.0
_OWN_PROVINCE, _TOO_COARSE = 0.8, 0.3


def fit_of_place(question: Question, sheet: Sheet, scope: Scope) -> Weights:
    """1.0 for a dataset of a place that was asked for, less for one that only may tell of it, least for another's.

    A commune or former district is told of by its own name, by a list of its province or of communes; a breakdown by
    province is too coarse for it.
    """
    where = scope.provinces[sheet.candidates]
    if question.units:
        return _fit_of_units(question, sheet, where, scope.asked)
    if not question.places:
        return np.ones(len(where), np.float32)
    spellings = [spelling for mention in question.places for spelling in mention.place.spellings]
    own = np.isin(where, list(scope.asked)) | _named(sheet, spellings)
    fit = np.where(where == NATIONAL, np.where(_named(sheet, _BY_PROVINCE), _LOCAL, _WHOLE), _ELSEWHERE)
    return np.where(own, 1.0, fit).astype(np.float32)


def own_list(question: Question, sheet: Sheet, scope: Scope) -> Weights:
    """1.0 for a dataset that only a place which was asked for has, and for all where no place was asked for."""
    if not (question.places or question.units):
        return np.ones(len(sheet.candidates), np.float32)
    return np.isin(scope.provinces[sheet.candidates], list(scope.asked)).astype(np.float32)


def _fit_of_units(question: Question, sheet: Sheet, where: NDArray[np.int16], provinces: Collection[int]) -> Weights:
    names = [mention.name for mention in question.units]
    fit = np.where(np.isin(where, list(provinces)), _OWN_PROVINCE, np.where(where == NATIONAL, _TOO_COARSE, _ELSEWHERE))
    fit = np.where((where == NATIONAL) & _named(sheet, _BY_COMMUNE), _WHOLE, fit)
    return np.where(_named(sheet, names), 1.0, fit).astype(np.float32)


def _named(sheet: Sheet, phrases: Sequence[tuple[str, ...]]) -> Truths:
    """Which titles have any of ``phrases``."""
    found = sheet.nobody()
    for phrase in phrases:
        found |= sheet.phrase(phrase)
    return found
