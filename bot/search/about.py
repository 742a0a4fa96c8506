"""Which province a title is about, where only the title says so ("… tỉnh Hà Giang năm 2019")."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bot.core.text import tokens
from bot.search.index import TitleIndex
from bot.search.lexicon import Phrase
from bot.search.places import Places
from bot.search.postings import Numbers

Provinces = NDArray[np.int16]

_NONE, _SEVERAL = -2, -3
_SORTS = ("tinh", "pho")
_EVERYWHERE = ("dia", "phuong")


def told_by_titles(index: TitleIndex, places: Places, numbers: Mapping[str, int]) -> Provinces:
    """Of every dataset the province (a number of ``numbers``) that its title names, below zero for none.

    A name behind "tỉnh" or "thành phố" decides over other names, which may be those of communes; where several are
    left, the title is about none of them, nor is a table by locality ("phân theo địa phương (Hà Nội = 100)").
    """
    bare, sure = np.full(index.size, _NONE, np.int16), np.full(index.size, _NONE, np.int16)
    for name, number in dict(_names(places, numbers)).items():
        if len(name) > 1:
            _note(bare, index.having(name), number)
        for sort in _SORTS:
            _note(sure, index.having((sort, *name)), number)
    told = np.where(sure >= 0, sure, bare)
    told[index.having(_EVERYWHERE)] = _NONE
    return told


def _names(places: Places, numbers: Mapping[str, int]) -> Iterator[tuple[Phrase, int]]:
    for place in places.spellings.values():
        yield tokens(place.name), numbers[place.province]


def _note(provinces: Provinces, datasets: Numbers, number: int) -> None:
    before = provinces[datasets]
    provinces[datasets] = np.where((before == _NONE) | (before == number), number, _SEVERAL)
