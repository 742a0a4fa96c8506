"""What the mind knows, in the shapes of the API."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bot.core.catalogue import Dataset, Hit, Resource
from bot.core.changes import Change, Position
from bot.core.findings import Computed, RowFinding
from bot.store.table import TableHead
from bot.store.types import EPOCH
from gateway.api.shapes import (
    ChangeShape,
    ColumnShape,
    ComputedShape,
    DatasetShape,
    HitShape,
    ResourceShape,
    RowsShape,
)

_VERSION = 16  # letters of a content hash that tell contents apart

Address = Callable[..., str]
"""Makes the address of a path with the parameters given by name, those that are None left out."""


def addressing(prefix: str) -> Address:
    """Addresses that begin with ``prefix``."""

    def address(path: str, **parameters: object) -> str:
        given = {name: value for name, value in parameters.items() if value is not None}
        return prefix + path + (f"?{urlencode(given)}" if given else "")

    return address


def path_of(code: str) -> str:
    """The path of a dataset."""
    return f"/api/v1/datasets/{quote(code, safe='')}"


def cursor_of(position: Position) -> str:
    """A place among the changes as programs give it back."""
    return f"{position[0]}.{position[1]}"


def show_dataset(dataset: Dataset, address: Address) -> DatasetShape:
    """A dataset with its files."""
    return DatasetShape(
        code=dataset.code,
        title=dataset.title,
        province=dataset.province or None,
        description=dataset.description or None,
        publisher=dataset.publisher or None,
        theme=dataset.theme or None,
        update_frequency=dataset.cycle or None,
        licence=dataset.licence or None,
        format=dataset.format or None,
        fields=list(dataset.fields),
        issued_at=dataset.issued_at,
        published_at=dataset.published_at,
        changed_at=dataset.changed_at,
        content_at=dataset.content_at,
        data_date=dataset.data_date,
        resources=[_show_resource(dataset, resource, address) for resource in dataset.resources],
        page=dataset.url or None,
        url=address(path_of(dataset.code)),
        rows=_rows_of(dataset, address),
    )


def _show_resource(dataset: Dataset, resource: Resource, address: Address) -> ResourceShape:
    rows = address(f"{path_of(dataset.code)}/rows", resource=resource.position) if resource.table else None
    return ResourceShape(
        number=resource.position,
        title=resource.title or None,
        note=resource.note or None,
        format=resource.format or None,
        url=resource.url or None,
        fields=list(resource.fields),
        row_count=resource.row_count,
        rows=rows,
    )


def _rows_of(dataset: Dataset, address: Address) -> str | None:
    loaded = any(resource.table for resource in dataset.resources)
    return address(f"{path_of(dataset.code)}/rows") if loaded else None


def show_hit(hit: Hit, address: Address) -> HitShape:
    """A dataset that was found."""
    dataset = hit.dataset
    return HitShape(
        code=dataset.code,
        title=dataset.title,
        province=dataset.province or None,
        publisher=dataset.publisher or None,
        theme=dataset.theme or None,
        score=round(min(1.0, max(0.0, hit.score)), 4),
        published_at=dataset.published_at,
        changed_at=dataset.changed_at,
        data_date=dataset.data_date,
        url=address(path_of(dataset.code)),
        rows=_rows_of(dataset, address),
    )


def show_page(
    dataset: Dataset,
    resource: Resource,
    head: TableHead,
    page: Sequence[list[str]],
    *,
    offset: int,
    following: str | None,
) -> RowsShape:
    """Some rows of a table, in its order."""
    return RowsShape(
        **_of(dataset),
        resource=resource.position,
        version=head.hash[:_VERSION],
        question=None,
        answered=None,
        form=None,
        asked=[],
        columns=[ColumnShape(name=name, label=None, unit=None) for name in head.columns],
        rows=list(page),
        numbers=list(range(offset, offset + len(page))),
        total=head.row_count,
        offset=offset,
        computed=None,
        next=following,
    )


def show_finding(found: RowFinding, question: str, *, offset: int, limit: int, following: str | None) -> RowsShape:
    """The rows that answer a question."""
    return RowsShape(
        **_of(found.dataset),
        resource=found.resource.position,
        version=(found.resource.table or "")[:_VERSION] or None,
        question=question,
        answered=True,
        form=found.form,
        asked=list(found.asked),
        columns=[ColumnShape(name=one.name, label=one.label or None, unit=one.unit or None) for one in found.columns],
        rows=[list(row) for row in found.rows[offset : offset + limit]],
        numbers=list(found.numbers[offset : offset + limit]),
        total=found.total,
        offset=offset,
        computed=_show_computed(found.computed),
        next=following,
    )


def show_nothing(dataset: Dataset, question: str, *, offset: int) -> RowsShape:
    """That no row answers a question."""
    return RowsShape(
        **_of(dataset),
        resource=None,
        version=None,
        question=question,
        answered=False,
        form=None,
        asked=[],
        columns=[],
        rows=[],
        numbers=[],
        total=0,
        offset=offset,
        computed=None,
        next=None,
    )


def _of(dataset: Dataset) -> dict[str, Any]:
    return {
        "dataset": dataset.code,
        "title": dataset.title,
        "publisher": dataset.publisher or None,
        "licence": dataset.licence or None,
        "data_date": dataset.data_date,
    }


def _show_computed(computed: Computed | None) -> ComputedShape | None:
    if computed is None:
        return None
    return ComputedShape(kind=computed.kind, column=computed.column, value=f"{computed.value:f}", of=computed.of)


def show_change(change: Change, address: Address) -> ChangeShape:
    """What was published of a dataset."""
    return ChangeShape(
        dataset=change.code,
        kind=change.kind,
        title=change.title,
        province=change.province or None,
        at=change.at or EPOCH,
        fields=[str(name) for name in change.detail.get("fields", ())],
        cursor=cursor_of(change.position),
        url=address(path_of(change.code)),
    )
