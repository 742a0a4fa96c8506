"""The look-up as others use it: an immutable catalogue in memory, titles for a question, rows for a question."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.core.catalogue import Dataset, Hit
from bot.core.findings import Decision, Findings, RowFinding, RowForm
from bot.search.coverage import rarity_of
from bot.search.decide import MENU_SIZE, close_to_best, decide, decide_titles
from bot.search.evidence import Surroundings
from bot.search.gather import Allowed, Scope
from bot.search.index import TitleIndex
from bot.search.lexicon import Lexicon
from bot.search.locality import NATIONAL
from bot.search.periods import newest_year
from bot.search.places import Places
from bot.search.query import Question, understand
from bot.search.repair import Repair
from bot.search.retrieval import retrieve
from bot.search.rows import Source, answer, opened
from bot.search.table import TableIndex

LoadTable = Callable[[str], Awaitable[TableIndex]]
"""Gives the index of a loaded table by its hash (:attr:`Resource.table`); the caller keeps what it builds."""

MOST_TABLES = 24
"""Tables that one question is read against; the datasets whose titles fit best come first."""

_UNKNOWN = -2
_ONLY_A_PLACE = 0.7
_AS_GOOD = 0.01
_WITH_TABLE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One version of the catalogue, ready to be asked. Never changes: a new version is a new Lookup."""

    version: int
    datasets: tuple[Dataset, ...]
    lexicon: Lexicon
    places: Places
    index: TitleIndex
    repair: Repair
    by_code: dict[str, int]
    province_numbers: dict[str, int]
    scopes: NDArray[np.int16]
    with_tables: tuple[int, ...]

    @classmethod
    def build(cls, datasets: Iterable[Dataset], *, lexicon: Lexicon, places: Places, version: int) -> "Lookup":
        """Index ``datasets``. Pure computation: about 20 µs a title."""
        kept = tuple(datasets)
        index = TitleIndex.build(kept)
        numbers = {province: number for number, province in enumerate(places.provinces)}
        return cls(
            version=version,
            datasets=kept,
            lexicon=lexicon,
            places=places,
            index=index,
            repair=Repair.of(index, lexicon, places),
            by_code={dataset.code: number for number, dataset in enumerate(kept)},
            province_numbers=numbers,
            scopes=_scopes(kept, places, numbers),
            with_tables=tuple(number for number, dataset in enumerate(kept) if any(r.table for r in dataset.resources)),
        )

    def reading_with(self, lexicon: Lexicon) -> "Lookup":
        """The same catalogue, with questions read by another lexicon."""
        return replace(self, lexicon=lexicon, repair=Repair.of(self.index, lexicon, self.places))

    def dataset(self, code: str, *, provinces: Sequence[str] = ()) -> Dataset | None:
        """The dataset with that code, None when this version has none that an account for ``provinces`` may show."""
        number = self.by_code.get(code)
        if number is None or not self.allowed(provinces)[number]:
            return None
        return self.datasets[number]

    def themes(self, *, provinces: Sequence[str] = ()) -> tuple[tuple[str, int], ...]:
        """The themes with their number of datasets that an account for ``provinces`` may show, largest first.

        Datasets without a theme are not counted.
        """
        counts: dict[str, int] = {}
        for dataset, may in zip(self.datasets, self.allowed(provinces), strict=True):
            if may and dataset.theme:
                counts[dataset.theme] = counts.get(dataset.theme, 0) + 1
        return tuple(sorted(counts.items(), key=lambda theme: (-theme[1], theme[0])))

    def in_theme(self, theme: str, *, provinces: Sequence[str] = ()) -> tuple[Dataset, ...]:
        """The datasets of ``theme`` that an account for ``provinces`` may show, in the order of the catalogue."""
        allowed = self.allowed(provinces)
        return tuple(one for one, may in zip(self.datasets, allowed, strict=True) if may and one.theme == theme)

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
            return np.ones(len(self.datasets), np.bool_)
        served = [self.province_numbers[p] for p in provinces if p in self.province_numbers]
        return np.isin(self.scopes, [NATIONAL, *served])

    def rank(self, question: Question, provinces: Sequence[str], limit: int) -> list[Hit]:
        """The best ``limit`` datasets for a question that is already understood, whatever their score."""
        return self.rank_among(question, self.allowed(provinces) if provinces else None, limit)

    def rank_among(self, question: Question, allowed: Allowed | None, limit: int) -> list[Hit]:
        """Like :meth:`rank`, among the datasets that ``allowed`` marks."""
        named = {mention.place.province for mention in question.places}
        asked = [self.province_numbers[each] for each in named.union(*(unit.provinces for unit in question.units))]
        scope = Scope(self.scopes, asked)
        found = retrieve(question, self.index, self.lexicon, scope, allowed=allowed, limit=limit)
        return [Hit(dataset=self.datasets[one.number], score=one.score, why=one.why) for one in found]


def _scopes(datasets: Sequence[Dataset], places: Places, numbers: dict[str, int]) -> NDArray[np.int16]:
    known: dict[str, int] = {}
    for printed in {dataset.province for dataset in datasets}:
        province = places.locate(printed)
        known[printed] = NATIONAL if province == "" else _UNKNOWN if province is None else numbers[province]
    return np.array([known[dataset.province] for dataset in datasets], np.int16)


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
    asked = lookup.understand(question)
    if dataset is not None:
        return await _find_in(lookup, asked, lookup.dataset(dataset, provinces=provinces), load_table)
    hits = close_to_best(lookup.rank(asked, provinces, MENU_SIZE))
    titles = decide_titles(asked.text, hits, asked.cues, MENU_SIZE)
    best: RowFinding | None = None
    for holder in _holders(lookup, asked, provinces):
        found = await _answer_of(lookup, asked, holder, load_table)
        if found and (best is None or _is_better(found, best, dated=bool(asked.years))):
            best = found
    rival = titles.hits[0].why["coverage"] * titles.hits[0].why["place"] if titles.hits else 0.0
    return decide(replace(titles, hits=_tables_first(titles.hits)), best, asked.cues, rival=rival)


def _tables_first(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Of titles that fit about as well, those first whose figures can be given."""

    def merit(hit: Hit) -> float:
        return hit.score + _WITH_TABLE * any(resource.table for resource in hit.dataset.resources)

    return tuple(sorted(hits, key=merit, reverse=True))


def _is_better(found: RowFinding, best: RowFinding, *, dated: bool) -> bool:
    """Whether ``found`` explains the question better; or as well, but more exactly, or else with more to tell.

    Unless the question is ``dated`` newer figures go before exactness; of two counts that of rows which say themselves
    what they are is better, then that of more rows.
    "Mã tỉnh" asks for the one of the province, not for that of each of its communes.
    """
    if abs(found.score - best.score) > _AS_GOOD:
        return found.score > best.score
    years = (0, 0) if dated else (newest_year(found), newest_year(best))
    if all(years) and years[0] != years[1]:
        return years[0] > years[1]
    if found.form is best.form is RowForm.COUNT and found.total != best.total:
        return (bool(found.matched), found.total) > (bool(best.matched), best.total)
    exactness, known = (-found.total, len(found.columns)), (-best.total, len(best.columns))
    return exactness > known if exactness != known else found.score > best.score


def _holders(lookup: Lookup, asked: Question, provinces: Sequence[str]) -> list[Dataset]:
    """The datasets with loaded tables that a question is read against, best title first."""
    allowed = lookup.allowed(provinces)
    holders = [number for number in lookup.with_tables if allowed[number]]
    if len(holders) > MOST_TABLES:
        only = np.zeros(len(lookup.datasets), np.bool_)
        only[holders] = True
        return [hit.dataset for hit in lookup.rank_among(asked, only, MOST_TABLES)]
    return [lookup.datasets[number] for number in holders]


async def _answer_of(lookup: Lookup, asked: Question, holder: Dataset, load_table: LoadTable) -> RowFinding | None:
    """The best finding in the tables of one dataset."""
    around = Surroundings(
        lexicon=lookup.lexicon,
        places=lookup.places,
        known=lookup.knows,
        rarity=lambda word: rarity_of(word, lookup.index),
    )
    best: RowFinding | None = None
    for resource in holder.resources:
        if resource.table is not None:
            source = Source(dataset=holder, resource=resource, table=await load_table(resource.table))
            found = answer(asked, source, around)
            if found and (best is None or found.score > best.score):
                best = found
    return best


async def _find_in(lookup: Lookup, asked: Question, holder: Dataset | None, load_table: LoadTable) -> Findings:
    """Rows of one dataset; without a match the dataset itself is all there is to say."""
    if holder is None:
        return Findings(decision=Decision.NONE, query=asked.text)
    hits = (Hit(dataset=holder, score=1.0, why={"asked": 1.0}),)
    found = await _answer_of(lookup, asked, holder, load_table) if asked.words else None
    if not asked.words:
        for resource in holder.resources:
            if resource.table is not None and found is None:
                source = Source(dataset=holder, resource=resource, table=await load_table(resource.table))
                found = opened(source, lookup.lexicon)
    without = Findings(decision=Decision.SUGGEST if asked.words else Decision.MENU, query=asked.text, hits=hits)
    return decide(without, found, asked.cues, rival=0.0)
