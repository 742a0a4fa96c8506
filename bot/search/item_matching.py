"""Which datasets may be what an item of a decision obliges to publish: proposals for a person to confirm.

Two titles are compared by their words, each weighed by how rare it is, and by their letters (rapidfuzz). Words that
say nothing, the names of the province itself and abbreviations are evened out first. What tells two lists apart though
their titles are alike lowers the score: another year, another breakdown, an opposite ("xuất khẩu" and "nhập khẩu"),
another agency. A dataset of another province is never proposed, nor one of the whole country for an item of a province.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from bot.core.catalogue import Dataset
from bot.core.errors import ContentError
from bot.core.items import CatalogueItem
from bot.core.text import tokens
from bot.search.places import Places
from bot.toml_file import read_toml

LEAST = 0.62
"""The score from which a dataset is proposed; fitted on judged pairs (docs/items.md)."""
_ANYWHERE = "?"
MOST = 3
"""Proposals for one item."""
_WORDS, _LETTERS = 0.65, 0.35
_OTHER_YEAR, _LOST_YEAR, _OPPOSITE, _OTHER_BREAKDOWN, _OTHER_AGENCY = 0.5, 0.95, 0.6, 0.6, 0.75
_SAME_AGENCY = 0.05
_MARGIN = 0.08
"""A pair is left out when its item or its dataset fits something else so much better."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATE = re.compile(r"\bt?\d{1,2}[./-](?:\d{1,2}[./-])?(?=(?:19|20)\d\d)|(?<=\d{4})-\d\d-\d\d", re.IGNORECASE)
_NOTE = re.compile(r"\(\s*\*+\s*\)|\*+$")
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingWords:
    """The word lists of ``data/catalogue/matching.toml``, folded."""

    generic: tuple[Phrase, ...]
    short: Mapping[str, Phrase]
    opposites: tuple[tuple[Phrase, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A dataset that may be what ``item`` obliges to publish: ``score`` in 0…1, and what made or lowered it."""

    item: CatalogueItem
    dataset: Dataset
    score: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    """A title taken apart: the words of what it is about, its years, its breakdown, the opposites that it names."""

    words: tuple[str, ...]
    years: frozenset[str]
    breakdown: tuple[str, ...]
    sides: Mapping[int, frozenset[Phrase]]


class _Near:
    """Titles by their words."""

    def __init__(self, titles: Sequence[_Title], rarity: Mapping[str, float]) -> None:
        self._rarity = rarity
        self._weights = [_weight(Counter(title.words), rarity) for title in titles]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for at, title in enumerate(titles):
            for word in set(title.words):
                self._holding[word].append(at)

    def find(self, wanted: _Title, least: float) -> list[int]:
        """The titles that have a word of ``wanted`` and may overlap with it by ``least``, in order."""
        common: dict[int, float] = defaultdict(float)
        for word, count in Counter(wanted.words).items():
            for at in self._holding.get(word, ()):
                common[at] += self._rarity[word] * count
        own = _weight(Counter(wanted.words), self._rarity)
        return sorted(at for at, shared in common.items() if 2 * shared >= least * (own + self._weights[at]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How items and datasets are compared."""

    words: MatchingWords
    places: Places

    def propose(
        self, items: Sequence[CatalogueItem], datasets: Sequence[Dataset], *, least: float = LEAST, most: int = MOST
    ) -> tuple[Proposed, ...]:
        """At most ``most`` datasets for each of ``items`` that score ``least``, the best first.

        A pair is left out when its item or its dataset fits something else much better.
        """
        return _pick(self.score(items, datasets, least=least), most)

    def score(
        self, items: Sequence[CatalogueItem], datasets: Sequence[Dataset], *, least: float
    ) -> tuple[Proposed, ...]:
        """Every pair of the same place that has a word in common and scores ``least``."""
        titles = [self._take_apart(dataset.title, dataset.province, dataset.publisher) for dataset in datasets]
        wanted = [self._take_apart(item.title, item.province, item.owner) for item in items]
        rarity = _rarity([*titles, *wanted])
        there = [self._place(dataset.province) for dataset in datasets]
        near = _Near(titles, rarity)
        return tuple(
            proposed
            for item, title in zip(items, wanted, strict=True)
            for at in near.find(title, (least - _SAME_AGENCY - _LETTERS) / _WORDS)
            if there[at] in {_ANYWHERE, self._place(item.province)}
            and (proposed := self._compare(item, title, datasets[at], titles[at], rarity)).score >= least
        )

    def pair_titles(
        self, old: Sequence[CatalogueItem], new: Sequence[CatalogueItem]
    ) -> tuple[tuple[CatalogueItem, CatalogueItem, float], ...]:
        """Items of ``old`` that may have been renamed to those of ``new``, with the score, each at most once."""
        by_code = {item.code: item for item in new}
        titles = [
            Dataset(code=item.code, title=item.title, province=item.province, publisher=item.owner) for item in new
        ]
        found: list[tuple[CatalogueItem, CatalogueItem, float]] = []
        for one in sorted(self.propose(old, titles), key=lambda one: -one.score):
            if one.dataset.code not in {after.code for _, after, _ in found} and one.item.code not in {
                before.code for before, *_ in found
            }:
                found.append((one.item, by_code[one.dataset.code], one.score))
        return tuple(found)

    def fits_place(self, item: CatalogueItem, dataset: Dataset) -> bool:
        """Whether the dataset is of the item's province; one that names none may be."""
        return self._place(dataset.province) in {_ANYWHERE, self._place(item.province)}

    def _place(self, printed: str) -> str:
        """The province of a printed place, "" for the whole country; an unknown one is a place of its own."""
        if not printed.strip():
            return _ANYWHERE
        found = self.places.locate(printed)
        return found if found is not None else f"{_ANYWHERE}{printed}"

    def _take_apart(self, title: str, province: str, agency: str) -> _Title:
        text = _NOTE.sub(" ", _DATE.sub(" ", title))
        words = [word for token in tokens(text) for word in self.words.short.get(token, (token,))]
        words = self._without_places(words, self.places.locate(province))
        words = _without(words, [self._without_places(tokens(agency), None)] if agency else [])
        years = frozenset(filter(_YEAR.fullmatch, words))
        undated = _without(words, [("nam", year) for year in years] + [(year,) for year in years])
        words = undated or words
        sides = {at: _sides(words, group) for at, group in enumerate(self.words.opposites)}
        start = next((at for at, word in enumerate(words) if word == "theo" and at > 0), len(words))
        head, tail = words[:start], words[start:]
        return _Title(
            words=tuple(_without(head, self.words.generic)) or tuple(head),
            years=years,
            breakdown=tuple(_without(tail, [*self.words.generic, ("theo",)])),
            sides={at: side for at, side in sides.items() if side},
        )

    def _without_places(self, words: Sequence[str], province: str | None) -> list[str]:
        """``words`` without the names of ``province`` (None = of any) and its former ones."""
        kept = list(words)
        for mention in reversed(self.places.find(words)):
            if province in {None, "", mention.place.province}:
                del kept[mention.start : mention.end]
        return kept or list(words)

    def _compare(
        self, item: CatalogueItem, wanted: _Title, dataset: Dataset, title: _Title, rarity: Mapping[str, float]
    ) -> Proposed:
        words = _overlap(wanted.words, title.words, rarity)
        letters = fuzz.token_sort_ratio(" ".join(wanted.words), " ".join(title.words)) / 100
        score, why = _WORDS * words + _LETTERS * letters, [f"words {words:.2f}", f"letters {letters:.2f}"]
        agree = self._same_agency(item.owner, dataset.publisher)
        if agree is not None:
            score = min(score + _SAME_AGENCY, 1.0) if agree else score * _OTHER_AGENCY
            why.append("same agency" if agree else "another agency")
        for name, factor in _doubts(wanted, title):
            score *= factor
            why.append(name)
        return Proposed(item=item, dataset=dataset, score=round(score, 3), why=tuple(why))

    def _same_agency(self, owner: str, publisher: str) -> bool | None:
        """Whether two agencies are the same, None where one is not named. One may be named inside the other."""
        mine, theirs = (self._agency(name) for name in (owner, publisher))
        if not mine or not theirs:
            return None
        return mine <= theirs or theirs <= mine

    def _agency(self, name: str) -> frozenset[str]:
        words = [word for token in tokens(name) for word in self.words.short.get(token, (token,))]
        return frozenset(self._without_places(words, None)) - {"tinh", "thanh", "pho", "va"}


def load_matching(folder: Path, places: Places) -> Matching:
    """The comparison by the lists of ``data/catalogue``. Raises ContentError."""
    file = folder / "matching.toml"
    rows = read_toml(file)
    try:
        generic = sorted(map(tokens, rows["generic"]), key=len, reverse=True)
        short = {key: tokens(text) for key, text in rows["short"].items()}
        opposites = tuple(tuple(map(tokens, group)) for group in rows["opposites"].values())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ContentError(file.name, "file", f"cannot be read: {error}") from error
    return Matching(words=MatchingWords(generic=tuple(generic), short=short, opposites=opposites), places=places)


def _pick(found: Sequence[Proposed], most: int) -> tuple[Proposed, ...]:
    """The pairs of which neither side fits another one much better, at most ``most`` of each item, the best first."""
    best: dict[tuple[int, str], float] = defaultdict(float)
    for one in found:
        for side in _sides_of(one):
            best[side] = max(best[side], one.score)
    kept: dict[str, list[Proposed]] = defaultdict(list)
    for one in sorted(found, key=lambda one: (-one.score, one.dataset.code)):
        mine = kept[_sides_of(one)[0][1]]
        if len(mine) < most and all(one.score >= best[side] - _MARGIN for side in _sides_of(one)):
            mine.append(one)
    return tuple(one for mine in kept.values() for one in mine)


def _sides_of(one: Proposed) -> tuple[tuple[int, str], ...]:
    return (0, f"{one.item.decision}#{one.item.code}"), (1, one.dataset.code)


def _doubts(wanted: _Title, title: _Title) -> Iterable[tuple[str, float]]:
    if wanted.years and not wanted.years & title.years:
        yield ("another year", _OTHER_YEAR) if title.years else ("no year", _LOST_YEAR)
    if set(wanted.breakdown) != set(title.breakdown):
        yield "another breakdown", _OTHER_BREAKDOWN
    if any(side != title.sides.get(group, side) for group, side in wanted.sides.items()):
        yield "an opposite", _OPPOSITE


def _sides(words: Sequence[str], group: Sequence[Phrase]) -> frozenset[Phrase]:
    return frozenset(phrase for phrase in group if _find(words, phrase) is not None)


def _without(words: Sequence[str], phrases: Iterable[Sequence[str]]) -> list[str]:
    kept = list(words)
    for phrase in phrases:
        while phrase and (at := _find(kept, phrase)) is not None:
            del kept[at : at + len(phrase)]
    return kept


def _find(words: Sequence[str], phrase: Sequence[str]) -> int | None:
    spans = range(len(words) - len(phrase) + 1)
    return next((at for at in spans if tuple(words[at : at + len(phrase)]) == tuple(phrase)), None)


def _rarity(titles: Sequence[_Title]) -> dict[str, float]:
    counts = Counter(word for title in titles for word in set(title.words))
    return {word: math.log1p(len(titles) / count) for word, count in counts.items()}


def _overlap(words: Sequence[str], others: Sequence[str], rarity: Mapping[str, float]) -> float:
    """Twice what both have of what they have together, each word by its rarity."""
    mine, theirs = Counter(words), Counter(others)
    whole = _weight(mine, rarity) + _weight(theirs, rarity)
    return 2 * _weight(mine & theirs, rarity) / whole if whole else 0.0


def _weight(words: Mapping[str, int], rarity: Mapping[str, float]) -> float:
    return sum(rarity[word] * count for word, count in words.items())
