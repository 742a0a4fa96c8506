"""The rows of a resource from CKAN's DataStore, or from its dump."""

import asyncio
import csv
import json
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.ckan.api import Api, RefusedError
from gateway.portal import Client, NoRowsError, PortalError, RowPage
from gateway.portal_trouble import refuse_page

_ROWS = 10_000
_ABSENT = frozenset({403, 404})
_OWN = "_id"
_FIELD = 2**20  # characters of the longest cell of a dump


async def read_pages(api: Api, resource: str) -> AsyncIterator[RowPage]:
    """The rows of ``resource``. Raises NoRowsError before the first page when its DataStore is inactive, PortalError.

    A search that fails at its first page for good is replaced by the dump.
    """
    try:
        found = await _search(api, resource, 0)
    except RefusedError as error:
        if error.status in _ABSENT:
            raise NoRowsError(str(error)) from error
        found = None
    except PortalError:
        found = None
    if found is None:
        async for dumped in _dump(api, resource):
            yield dumped
        return
    page, more = found
    columns, start = page.columns, len(page.rows)
    yield page
    while more:
        try:
            page, more = await _search(api, resource, start)
        except RefusedError as error:
            raise PortalError(f"the rows of {resource} broke off: {error}") from error
        if page.columns != columns:
            raise PortalError(
                f"the columns of {resource} changed while its rows were read: trying again later may help"
            )
        start += len(page.rows)
        if page.rows:
            yield page


async def _search(api: Api, resource: str, start: int) -> tuple[RowPage, bool]:
    """The rows from ``start`` on, and whether there may be more: a total that lies too low or too high ends nothing."""
    params = {
        "resource_id": resource,
        "limit": str(_ROWS),
        "offset": str(start),
        "records_format": "lists",
        "sort": _OWN,
    }
    result = await api.call("datastore_search", params, printed=True)
    if not isinstance(result, Mapping):
        raise PortalError("the portal's answer to datastore_search is no object: its schema has changed")
    fields, records = result.get("fields"), result.get("records")
    if not isinstance(fields, list) or not isinstance(records, list):
        raise PortalError("the portal's answer to datastore_search has no fields or no records: its schema has changed")
    names = [field.get("id") if isinstance(field, Mapping) else None for field in fields]
    if not all(isinstance(name, str) for name in names):
        raise PortalError("the portal's answer to datastore_search has fields without names: its schema has changed")
    kept = [at for at, name in enumerate(names) if name != _OWN]
    rows = tuple(_row(record, names, kept) for record in records)
    full = len(rows) >= _number(result.get("limit"), _ROWS)
    return (
        RowPage(columns=tuple(str(names[at]) for at in kept), rows=rows),
        bool(rows) and (full or start + len(rows) < _number(result.get("total"), 0)),
    )


def _row(record: Any, names: Sequence[Any], kept: Sequence[int]) -> tuple[str, ...]:
    if isinstance(record, Mapping):  # CKAN before 2.7 knows no lists
        return tuple(_cell(record.get(names[at])) for at in kept)
    if not isinstance(record, list) or len(record) != len(names):
        raise PortalError("the portal's answer to datastore_search has rows of another width than its fields")
    return tuple(_cell(record[at]) for at in kept)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(printed: Any, otherwise: int) -> int:
    return int(printed) if isinstance(printed, str) and printed.isdigit() else otherwise


async def _dump(api: Api, resource: str) -> AsyncIterator[RowPage]:
    with tempfile.TemporaryDirectory(prefix="tracuu-dump-") as folder:
        file = Path(folder) / "dump.csv"
        await _download(api.client, f"{api.base}/datastore/dump/{resource}", file)
        with file.open(encoding="utf-8-sig", newline="", errors="strict") as stream:
            pages = _pages(csv.reader(stream, strict=True))
            try:
                while (page := await asyncio.to_thread(next, pages, None)) is not None:
                    yield page
            except (csv.Error, UnicodeDecodeError) as error:
                raise PortalError(f"the dump of {resource} is cut off or no CSV") from error


async def _download(client: Client, url: str, file: Path) -> None:
    answer = await client.download(url, file)
    if answer.status in _ABSENT:
        raise NoRowsError(f"the portal has no rows and no dump of them (HTTP {answer.status})")
    if answer.status != 200:
        raise PortalError(f"the portal gives neither rows nor a dump of them (HTTP {answer.status})")
    with file.open("rb") as stream:
        refuse_page(answer, start=stream.read(_FIELD))


def _pages(reader: "Iterator[list[str]]") -> Iterator[RowPage]:
    header = next(reader, [])
    kept = [at for at, name in enumerate(header) if name != _OWN]
    columns = tuple(header[at] for at in kept)
    rows: list[tuple[str, ...]] = []
    for record in reader:
        if len(record) != len(header):
            raise csv.Error("a row of another width")
        rows.append(tuple(record[at] for at in kept))
        if len(rows) == _ROWS:
            yield RowPage(columns=columns, rows=tuple(rows))
            rows = []
    yield RowPage(columns=columns, rows=tuple(rows))
