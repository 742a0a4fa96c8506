"""A made-up catalogue of any size: what a portal publishes, for every place, every year, by every agency.

Half of the titles are siblings of an earlier one: the same theme and place in another year. Six in ten name a year, the
others a quarter, a month or a span of years; a quarter of all places is a hamlet whose name is any two syllables, drawn
so that a few are common and most are rare. Titles are unique and about 77 characters long.
"""

import random
import tomllib
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))

_SYLLABLES = [onset + rime for onset in WORDS["onsets"].split() for rime in WORDS["rimes"].split()]
random.Random(3).shuffle(_SYLLABLES)
_COMMON = list(accumulate(1 / (rank + 5) for rank in range(len(_SYLLABLES))))
_FIRST_YEAR, _LAST_YEAR = 2010, 2025


@dataclass(frozen=True, slots=True)
class Title:
    """A title and what it was made from; ``core`` is the place as people call it."""

    text: str
    theme: str
    place: str
    core: str
    year: int


def make_catalogue(size: int, seed: int = 7) -> list[Title]:
    """``size`` unique titles; the same for the same ``seed``."""
    chance = random.Random(seed)
    made: list[Title] = []
    seen: set[str] = set()
    while len(made) < size:
        sibling = chance.choice(made) if made and chance.random() < 0.5 else None
        theme, place, core = (sibling.theme, sibling.place, sibling.core) if sibling else _subject(chance)
        year = chance.randint(_FIRST_YEAR, _LAST_YEAR)
        text = _text(chance, theme, place, _period(chance, year))
        if text not in seen:
            seen.add(text)
            made.append(Title(text, theme, place, core, year))
    return made


def _subject(chance: random.Random) -> tuple[str, str, str]:
    theme = chance.choice(WORDS["themes"])
    place, core = _place(chance)
    if chance.random() < 0.25:
        hamlet = " ".join(name.capitalize() for name in chance.choices(_SYLLABLES, cum_weights=_COMMON, k=2))
        place = f"{chance.choice(('thôn', 'ấp', 'bản', 'khu phố'))} {hamlet} {place}"
    return theme, place, core


def _place(chance: random.Random) -> tuple[str, str]:
    """A province (30 %), a city (10 %), a district (30 %), or a commune of a district or province."""
    kind = chance.random()
    if kind < 0.3:
        core = chance.choice(WORDS["provinces"])
        return f"tỉnh {core}", core
    if kind < 0.4:
        core = chance.choice(WORDS["cities"])
        return f"thành phố {core}", core
    if kind < 0.7:
        core = chance.choice(WORDS["districts"])
        return f"{chance.choice(('huyện', 'quận', 'thị xã'))} {core}", core
    core = " ".join(chance.choice(WORDS["commune_words"]) for _ in range(2))
    above = chance.choice(WORDS[chance.choice(("districts", "provinces"))])
    return f"{chance.choice(('xã', 'phường', 'thị trấn'))} {core} {chance.choice(('huyện', 'tỉnh'))} {above}", core


def _period(chance: random.Random, year: int) -> str:
    kind = chance.random()
    if kind < 0.6:
        return f"năm {year}"
    if kind < 0.8:
        return f"quý {chance.randint(1, 4)} năm {year}"
    if kind < 0.93:
        return f"tháng {chance.randint(1, 12)} năm {year}"
    return f"giai đoạn {year} {year + 5}"


def _text(chance: random.Random, theme: str, place: str, period: str) -> str:
    subject, kind = f"{chance.choice(WORDS['objects'])} {theme}", chance.random()
    agency = chance.choice(WORDS["agencies"])
    if kind < 0.45:
        text = f"{subject} {place} {period}"
    elif kind < 0.75:
        text = f"{subject} trên địa bàn {place} {period}"
    elif kind < 0.9:
        text = f"{subject} - {agency} {place} {period}"
    else:
        text = f"{subject} do {agency} quản lý tại {place} {period}"
    return f"{text} theo Quyết định số {chance.randint(1, 4000)} QĐ UBND" if chance.random() < 0.08 else text
