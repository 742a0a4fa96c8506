"""What was downloaded from a source: how to ask whether it changed, and the tables of the last good reading."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from bot.store.dialect import upsert
from bot.store.engine import Store
from bot.store.tables import downloads, sources
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """A table of a downloaded file: what is printed around it, its columns, and the hash of its rows."""

    title: str = ""
    note: str = ""
    format: str = ""
    fields: tuple[str, ...] = ()
    row_count: int = 0
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A file (or the rows of a row API) as it was read last.

    ``etag`` and ``last_modified`` are what its server said, ``body_hash`` is ours. ``made_by`` tells which loader and
    which masking rules made ``tables``. ``read_at`` is when its body was read, ``checked_at`` when we asked last,
    ``changed_at`` since when its tables are as they are; ``error`` is why the last check failed.
    """

    address: str
    checked_at: datetime
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    tables: tuple[KeptTable, ...] = ()
    notices: tuple[str, ...] = ()
    made_by: str = ""
    read_at: datetime | None = None
    changed_at: datetime | None = None
    error: str = field(default="")


async def find_download(store: Store, source_id: int, address: str) -> tuple[Download | None, datetime | None]:
    """What is known of ``address`` in that source, None when it was never asked for; and when its last sync ended."""
    known = select(downloads).filter_by(source_id=source_id, address_hash=_address_hash(address))
    async with store.read() as connection:
        row = (await connection.execute(known)).one_or_none()
        synced_at = await connection.scalar(select(sources.c.synced_at).where(sources.c.id == source_id))
    return (_download(row) if row is not None else None), synced_at


def _download(row: Row[Any]) -> Download:
    values = dict(row._mapping)  # noqa: SLF001 – SQLAlchemy's public name for it
    for name in ("source_id", "address_hash"):
        del values[name]
    kept = tuple(_table(entry) for entry in values.pop("resources"))
    return Download(**{**values, "tables": kept, "notices": tuple(values["notices"])})


async def keep_download(store: Store, source_id: int, download: Download) -> None:
    """Remember ``download`` instead of what was known of its address. Its tables must be kept as a whole already."""
    values: dict[str, Any] = {
        "source_id": source_id,
        "address_hash": _address_hash(download.address),
        "address": download.address,
        "etag": download.etag,
        "last_modified": download.last_modified,
        "body_hash": download.body_hash,
        "resources": [_document(table) for table in download.tables],
        "notices": list(download.notices),
        "made_by": download.made_by,
        "read_at": download.read_at,
        "checked_at": download.checked_at,
        "changed_at": download.changed_at,
        "error": download.error,
    }

    async def job(connection: Transaction) -> None:
        await upsert(connection, downloads, values, lambda new: {name: new[name] for name in values})

    await store.write(job)


async def forget(store: Store, *, before: datetime) -> int:
    """Drop what nobody has asked for since ``before``: the source names it no more. Returns how many rows went."""

    async def job(connection: Transaction) -> int:
        return (await connection.execute(delete(downloads).where(downloads.c.checked_at < before))).rowcount

    return await store.write(job)


def _address_hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def _document(table: KeptTable) -> dict[str, Any]:
    return {
        "title": table.title,
        "note": table.note,
        "format": table.format,
        "fields": list(table.fields),
        "row_count": table.row_count,
        "table": table.table,
    }


def _table(entry: dict[str, Any]) -> KeptTable:
    return KeptTable(**{**entry, "fields": tuple(entry["fields"])})
