"""The look-up as others use it: an immutable catalogue in memory, titles for a question, rows for a question."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Dataset, Hit
from bot.core.findings import Decision, Findings, RowForm
from bot.search.about import told_by_titles
from bot.search.candidate import Candidate, Source, opened
from bot.search.catalogue import Catalogue, Chosen
from bot.search.coverage import rarity_of
from bot.search.decide import MENU_SIZE, close_to_best, decide, decide_titles
from bot.search.evidence import Surroundings
from bot.search.gather import Allowed, Scope
from bot.search.index import TitleIndex
from bot.search.lexicon import Lexicon
from bot.search.locality import NATIONAL
from bot.search.places import Places
from bot.search.query import Question, understand
from bot.search.repair import Repair
from bot.search.retrieval import retrieve
from bot.search.rows import answer
from bot.search.table import TableIndex

LoadTable = Callable[[str], Awaitable[TableIndex | None]]
"""Gives the index of a loaded table by its hash (:attr:`Resource.table`), None while it is still being built."""

MOST_TABLES = 24
"""Tables that one question is read against; the datasets whose titles fit best come first."""

P = ParamSpec("P")
T = TypeVar("T")

_UNKNOWN = -2
_LONG = 3000
"""Rows of a table that may take more than a few milliseconds to read a question against."""
_TITLES_A_ROW = 5
"""Titles that take no longer than a row."""
_ONLY_A_PLACE = 0.7
_AS_GOOD = 0.01
_WITH_TABLE = 0.05
_WITHOUT_FIGURES = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One version of the catalogue, ready to be asked. Never changes: a new version is a new Lookup.

    ``shown`` marks the datasets that may be found at all, None = every one.
    """

    version: int
    catalogue: Catalogue
    lexicon: Lexicon
    places: Places
    repair: Repair
    province_numbers: dict[str, int]
    scopes: NDArray[np.int16]
    about: NDArray[np.int16]
    shown: NDArray[np.bool_] | None = None

    @classmethod
    def build(cls, datasets: Iterable[Dataset], *, lexicon: Lexicon, places: Places, version: int) -> "Lookup":
        """Index ``datasets`` in memory. Pure computation: about 20 µs a title."""
        return cls.over(Catalogue.of(tuple(datasets)), lexicon=lexicon, places=places, version=version)

    @classmethod
    def over(cls, catalogue: Catalogue, *, lexicon: Lexicon, places: Places, version: int) -> "Lookup":
        """Ask ``catalogue``, which is indexed already."""
        numbers = {province: number for number, province in enumerate(places.provinces)}
        return cls(
            version=version,
            catalogue=catalogue,
            lexicon=lexicon,
            places=places,
            repair=Repair.of(catalogue.titles, lexicon, places),
            province_numbers=numbers,
            scopes=_scopes(catalogue, places, numbers),
            about=told_by_titles(catalogue.titles, places, numbers),
        )

    @property
    def datasets(self) -> Sequence[Dataset]:
        """The datasets by their number, decoded when they are asked for."""
        return self.catalogue.datasets

    @property
    def index(self) -> TitleIndex:
        """The words of the titles."""
        return self.catalogue.titles

    def reading_with(self, lexicon: Lexicon) -> "Lookup":
        """The same catalogue, with questions read by another lexicon."""
        return replace(self, lexicon=lexicon, repair=Repair.of(self.index, lexicon, self.places))

    def without(self, codes: Iterable[str]) -> "Lookup":
        """The same catalogue, in which none of the datasets ``codes`` is found."""
        numbers = [number for code in codes if (number := self.catalogue.codes.number(code)) is not None]
        if not numbers:
            return self if self.shown is None else replace(self, shown=None)
        shown = np.ones(len(self.datasets), np.bool_)
        shown[numbers] = False
        return replace(self, shown=shown)

    def dataset(self, code: str, *, provinces: Sequence[str] = ()) -> Dataset | None:
        """The dataset with that code, None when this version has none that an account for ``provinces`` may show."""
        number = self.catalogue.codes.number(code)
        if number is None or not self.allowed(provinces)[number]:
            return None
        return self.datasets[number]

    def themes(self, *, provinces: Sequence[str] = ()) -> tuple[tuple[str, int], ...]:
        """The themes with their number of datasets that an account for ``provinces`` may show, largest first.

        Datasets without a theme are not counted.
        """
        counts = self.catalogue.themes.counts(self.allowed(provinces))
        return tuple(sorted(counts.items(), key=lambda theme: (-theme[1], theme[0])))

    def in_theme(self, theme: str, *, provinces: Sequence[str] = ()) -> Sequence[Dataset]:
        """The datasets of ``theme`` that an account for ``provinces`` may show, in the order of the catalogue."""
        numbers = self.catalogue.themes.having(theme, self.allowed(provinces)) if theme else ()
        return Chosen(self.datasets, numbers)

    def titles(self, question: str, *, provinces: Sequence[str] = (), limit: int = 10) -> Findings:
        """The datasets whose titles answer ``question``, best first, and whether they do.

        ``provinces`` (ids; empty = all) limits the scope; datasets of the whole country always count.
        """
        asked = self.understand(question)
        return decide_titles(asked.text, self.rank(asked, provinces, limit), asked.cues, limit)

    def understand(self, question: str) -> Question:
        """What ``question`` asks, read with the words of this catalogue."""
        return understand(question, self.lexicon, self.places, self.repair)

    def knows(self, word: str) -> bool:
        """Whether a folded word occurs in the catalogue, the lexicon or a province's name."""
        return self.repair.knows(word)

    def allowed(self, provinces: Sequence[str]) -> NDArray[np.bool_]:
        """Which datasets may answer on an account that serves ``provinces``."""
        if not provinces:
            return np.ones(len(self.datasets), np.bool_) if self.shown is None else self.shown
        served = [self.province_numbers[p] for p in provinces if p in self.province_numbers]
        here = np.isin(self.scopes, [NATIONAL, *served])
        return here if self.shown is None else here & self.shown

    def rank(self, question: Question, provinces: Sequence[str], limit: int) -> list[Hit]:
        """The best ``limit`` datasets for a question that is already understood, whatever their score."""
        return self.rank_among(
            question, self.allowed(provinces) if provinces or self.shown is not None else None, limit
        )

    def rank_among(self, question: Question, allowed: Allowed | None, limit: int) -> list[Hit]:
        """Like :meth:`rank`, among the datasets that ``allowed`` marks."""
        named = {mention.place.province for mention in question.places}
        asked = [self.province_numbers[each] for each in named.union(*(unit.provinces for unit in question.units))]
        scope = Scope(self.scopes, asked, self.about)
        found = retrieve(question, self.index, self.lexicon, scope, allowed=allowed, limit=limit)
        return [Hit(dataset=self.datasets[one.number], score=one.score, why=one.why) for one in found]


def _scopes(catalogue: Catalogue, places: Places, numbers: dict[str, int]) -> NDArray[np.int16]:
    known: list[int] = []
    for printed in catalogue.provinces.texts:
        province = places.locate(printed)
        known.append(NATIONAL if province == "" else _UNKNOWN if province is None else numbers[province])
    return np.array(known, np.int16)[catalogue.provinces.numbers]


async def find(
    lookup: Lookup,
    question: str,
    *,
    load_table: LoadTable,
    provinces: Sequence[str] = (),
    dataset: str | None = None,
) -> Findings:
    """Look ``question`` up in titles and rows, within ``provinces`` (ids; empty = all).

    ``dataset`` restricts it to the tables of that dataset; an empty question then opens the table itself. A code that
    is unknown, or of another province, finds nothing.
    """
    size = len(lookup.datasets) // _TITLES_A_ROW
    asked = await _aside(size, lookup.understand, question)
    if dataset is not None:
        return await _find_in(lookup, asked, lookup.dataset(dataset, provinces=provinces), load_table)
    ranked = await _aside(size, lookup.rank, asked, provinces, MENU_SIZE)
    titles = decide_titles(asked.text, close_to_best(ranked), asked.cues, MENU_SIZE)
    best: Candidate | None = None
    for holder in await _aside(size, _holders, lookup, asked, provinces):
        found = await _answer_of(lookup, asked, holder, load_table)
        if found and (best is None or _is_better(found, best, dated=bool(asked.years))):
            best = found
    rival = _rival(titles.hits[0]) if titles.hits else 0.0
    figures = await _aside(len(best.rows), best.finding) if best else None
    return decide(replace(titles, hits=_tables_first(titles.hits)), figures, asked.cues, rival=rival)


def _rival(hit: Hit) -> float:
    """The share of a question that the best title explains; a little less where it has no figures to give."""
    has_table = any(resource.table for resource in hit.dataset.resources)
    return hit.why["coverage"] * hit.why["place"] * (1.0 if has_table else _WITHOUT_FIGURES)


def _tables_first(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Of titles that fit about as well, those first whose figures can be given."""

    def merit(hit: Hit) -> float:
        return hit.score + _WITH_TABLE * any(resource.table for resource in hit.dataset.resources)

    return tuple(sorted(hits, key=merit, reverse=True))


def _is_better(found: Candidate, best: Candidate, *, dated: bool) -> bool:
    """Whether ``found`` explains the question better; or as well, but more exactly, or else with more to tell.

    Unless the question is ``dated`` newer figures go before exactness; of two counts that of rows which say themselves
    what they are is better, then that of more rows.
    "Mã tỉnh" asks for the one of the province, not for that of each of its communes.
    """
    if abs(found.score - best.score) > _AS_GOOD:
        return found.score > best.score
    years = (0, 0) if dated else (found.newest_year(), best.newest_year())
    if all(years) and years[0] != years[1]:
        return years[0] > years[1]
    if found.form is best.form is RowForm.COUNT and len(found.rows) != len(best.rows):
        return (found.is_named, len(found.rows)) > (best.is_named, len(best.rows))
    exactness, known = (-len(found.rows), found.width), (-len(best.rows), best.width)
    return exactness > known if exactness != known else found.score > best.score


def _holders(lookup: Lookup, asked: Question, provinces: Sequence[str]) -> list[Dataset]:
    """The datasets with loaded tables that a question is read against, best title first."""
    holders = lookup.catalogue.with_tables
    holders = holders[lookup.allowed(provinces)[holders]]
    if len(holders) > MOST_TABLES:
        only = np.zeros(len(lookup.datasets), np.bool_)
        only[holders] = True
        return [hit.dataset for hit in lookup.rank_among(asked, only, MOST_TABLES)]
    return [lookup.datasets[number] for number in holders.tolist()]


async def _answer_of(lookup: Lookup, asked: Question, holder: Dataset, load_table: LoadTable) -> Candidate | None:
    """What the tables of one dataset answer best."""
    around = Surroundings(
        lexicon=lookup.lexicon,
        places=lookup.places,
        known=lookup.knows,
        rarity=lambda word: rarity_of(word, lookup.index),
    )
    best: Candidate | None = None
    async for source in _sources(holder, load_table):
        found = await _aside(len(source.table.rows), answer, asked, source, around)
        if found and (best is None or found.score > best.score):
            best = found
    return best


async def _sources(holder: Dataset, load_table: LoadTable) -> AsyncIterator[Source]:
    """The tables of one dataset, as far as they are indexed."""
    for resource in holder.resources:
        table = await load_table(resource.table) if resource.table is not None else None
        if table is not None:
            yield Source(dataset=holder, resource=resource, table=table)


async def _aside(size: int, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a ``step`` over ``size`` rows; a long one is taken in a thread, beside what others are told."""
    if size > _LONG:
        return await asyncio.to_thread(step, *args, **kwargs)
    await asyncio.sleep(0)
    return step(*args, **kwargs)


async def _find_in(lookup: Lookup, asked: Question, holder: Dataset | None, load_table: LoadTable) -> Findings:
    """Rows of one dataset; without a match the dataset itself is all there is to say."""
    if holder is None:
        return Findings(decision=Decision.NONE, query=asked.text)
    hits = (Hit(dataset=holder, score=1.0, why={"asked": 1.0}),)
    best = await _answer_of(lookup, asked, holder, load_table) if asked.words else None
    found = await _aside(len(best.rows), best.finding) if best else None
    if not asked.words:
        async for source in _sources(holder, load_table):
            found = found or opened(source, lookup.lexicon)
    without = Findings(decision=Decision.SUGGEST if asked.words else Decision.MENU, query=asked.text, hits=hits)
    return decide(without, found, asked.cues, rival=0.0)
