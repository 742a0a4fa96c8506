"""What is published, read from the store itself: what is taken down is gone with the next request."""

from bot.core.catalogue import Dataset, Resource
from bot.profiles import Access
from bot.store.catalogue_page import find_published, list_published
from bot.store.engine import Store
from bot.store.table import read_head
from bot.store.table_page import read_page
from gateway.api.admission import Admission
from gateway.api.asked import Asked, Told, tell
from gateway.api.problems import ProblemError
from gateway.api.shapes import DatasetsShape
from gateway.api.showing import Address, path_of, show_dataset, show_page
from gateway.api.visitor import key_needed

CELLS = 20_000
"""Cells of one page of rows at most …"""
LETTERS = 2_000_000
"""… and letters: what is encoded and sent at once must not hold up anybody else."""


class Published:
    """Datasets and the rows of their tables, page by page."""

    def __init__(self, store: Store, admission: Admission, address: Address) -> None:
        self._store, self._admission, self._address = store, admission, address

    async def datasets(self, asked: Asked) -> Told:
        """The next datasets in the order of their codes."""
        limit = asked.values["limit"]
        page = await list_published(self._store, after=asked.values["after"] or "", limit=limit)
        shown = [
            show_dataset(one, self._address) for one in page if self._admission.shows(one.province, keyed=asked.keyed)
        ]
        following = self._address("/api/v1/datasets", after=page[-1].code, limit=limit) if len(page) == limit else None
        return tell(DatasetsShape(datasets=shown, next=following))

    async def dataset(self, asked: Asked) -> Told:
        """The dataset that the path names."""
        return tell(show_dataset(await self.find(asked), self._address))

    async def rows(self, asked: Asked) -> Told:
        """Rows of its table, in their order."""
        dataset = await self.find(asked)
        resource = table_of(dataset, asked.values["resource"])
        head = await read_head(self._store, resource.table or "")
        offset, limit = asked.values["offset"], asked.values["limit"]
        fitting = min(limit, max(1, CELLS // max(1, len(head.columns))))
        page = await read_page(self._store, head, offset=offset, limit=fitting, letters=LETTERS)
        end, following = offset + len(page), None
        if page and end < head.row_count:
            path = f"{path_of(dataset.code)}/rows"
            following = self._address(path, resource=resource.position, offset=end, limit=limit)
        return tell(show_page(dataset, resource, head, page, offset=offset, following=following))

    async def find(self, asked: Asked) -> Dataset:
        """The dataset that the path names. Raises ProblemError when there is none for whoever asks."""
        dataset = await find_published(self._store, asked.code)
        rule = None if dataset is None else self._admission.rule(dataset.province)
        if dataset is None or rule is None or rule.access is Access.OFF:
            raise ProblemError("no-dataset")
        if rule.access is Access.KEYED and not asked.keyed:
            raise key_needed(rule.province, rule.article)
        return dataset


def table_of(dataset: Dataset, number: int | None) -> Resource:
    """The resource with that number, or the first, that has a table. Raises ProblemError."""
    for resource in dataset.resources:
        if resource.table and number in {None, resource.position}:
            return resource
    raise ProblemError("no-table")
