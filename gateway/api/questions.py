"""Questions, looked up as the chat looks them up."""

import asyncio

from bot.core.catalogue import Dataset, Hit
from bot.core.findings import Findings, RowFinding
from bot.library import Library
from bot.reads import Reads
from bot.search import lookup
from bot.search.table import TableIndex
from bot.store import takedown
from bot.store.engine import Store
from gateway.api.admission import Admission
from gateway.api.asked import Asked, Told, tell
from gateway.api.limits import RETRY_SECONDS
from gateway.api.problems import ProblemError
from gateway.api.published import Published, table_of
from gateway.api.shapes import RowsShape, SearchShape
from gateway.api.showing import Address, path_of, show_finding, show_hit, show_nothing


class Questions:
    """Answers from the catalogue in memory; whether a dataset is there now, the store says (``published``)."""

    def __init__(
        self, store: Store, library: Library, admission: Admission, published: Published, address: Address
    ) -> None:
        self._store, self._library, self._admission = store, library, admission
        self._published, self._address = published, address

    async def search(self, asked: Asked) -> Told:
        """Datasets and figures for a question."""
        self._check_ready()
        question, limit = asked.values["q"], asked.values["limit"]
        found, hits = await self._look_up(question, asked.values["province"], limit)
        down = await takedown.taken_down(self._store)

        def shows(dataset: Dataset) -> bool:
            return dataset.code not in down and self._admission.shows(dataset.province, keyed=asked.keyed)

        shown = [hit for hit in hits if shows(hit.dataset)]
        figures = found.figures if found.figures and shows(found.figures.dataset) else None
        shape = SearchShape(
            query=question,
            answered=found.answered and bool(shown) and (found.figures is None) == (figures is None),
            hits=[show_hit(hit, self._address) for hit in shown[:limit]],
            figures=self._show(figures, question, limit=limit) if figures else None,
            withheld=sum(self._is_withheld(hit.dataset, asked) and hit.dataset.code not in down for hit in hits),
        )
        return tell(shape)

    async def rows(self, asked: Asked) -> Told:
        """The rows of one dataset that answer a question."""
        dataset = await self._published.find(asked)
        self._check_ready()
        if self._library.lookup.dataset(dataset.code) is None:
            raise not_ready()  # published a moment ago
        number, question, offset = asked.values["resource"], asked.values["q"], asked.values["offset"]
        figures = await self._look_in(dataset, question, None if number is None else table_of(dataset, number).table)
        if figures is None:
            return tell(show_nothing(dataset, question, offset=offset))
        return tell(self._show(figures, question, offset=offset, limit=asked.values["limit"], resource=number))

    async def _look_up(self, question: str, province: str | None, limit: int) -> tuple[Findings, list[Hit]]:
        """What the chat would find, and its hits with further titles behind them, each dataset once."""
        provinces = (province,) if province else self._admission.provinces
        found = await Reads(self._store, self._library, provinces=provinces).find(question)
        titles = await asyncio.to_thread(
            self._library.lookup.titles, question, provinces=provinces, limit=max(limit, len(found.hits))
        )
        figures = found.figures
        first = [Hit(dataset=figures.dataset, score=figures.score, why={})] if figures else []
        hits: dict[str, Hit] = {}
        for hit in (*first, *found.hits, *titles.hits):
            hits.setdefault(hit.dataset.code, hit)
        return found, list(hits.values())

    async def _look_in(self, dataset: Dataset, question: str, only: str | None) -> RowFinding | None:
        """The rows of ``dataset``, or only of its table with the content ``only``, that answer ``question``."""
        missing = False

        async def load(content: str) -> TableIndex | None:
            nonlocal missing
            if only not in {None, content}:
                return None
            table = await self._library.table(content)
            missing = missing or table is None
            return table

        found = await lookup.find(self._library.lookup, question, load_table=load, dataset=dataset.code)
        if found.figures is None and missing:
            raise not_ready()
        return found.figures

    def _show(
        self, figures: RowFinding, question: str, *, limit: int, offset: int = 0, resource: int | None = None
    ) -> RowsShape:
        end, following = offset + limit, None
        if end < len(figures.rows):
            path = f"{path_of(figures.dataset.code)}/rows"
            following = self._address(path, q=question, resource=resource, offset=end, limit=limit)
        return show_finding(figures, question, offset=offset, limit=limit, following=following)

    def _is_withheld(self, dataset: Dataset, asked: Asked) -> bool:
        return self._admission.withholds(dataset.province, keyed=asked.keyed)

    def _check_ready(self) -> None:
        if not self._library.ready.is_set():
            raise not_ready()


def not_ready() -> ProblemError:
    """That what would answer is being indexed."""
    return ProblemError("not-ready", headers={"Retry-After": str(RETRY_SECONDS)})
