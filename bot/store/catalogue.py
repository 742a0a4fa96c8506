"""The catalogue in force: what every source's current version publishes, less what was taken down."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Text, exists, func, literal, or_, select, type_coerce

from bot.core.catalogue import Dataset
from bot.core.obligations.published import Published
from bot.store.dataset import from_document
from bot.store.dialect import text_in
from bot.store.engine import Store
from bot.store.fact import count_up, read_fact
from bot.store.tables import datasets, sources, takedowns
from bot.store.transaction import Transaction

TOPIC = "catalogue"
"""The wake-up topic: signalled whenever :func:`stamp` changes."""
_STAMP = "catalogue stamp"
_DECODED = 100  # documents between two turns of the event loop
_PASSED = 500  # the same for texts that are only passed on


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A dataset in force, where it comes from, and whether it was taken down.

    ``kind``, ``source`` and ``home`` are the identity of its source: kind, name and province.
    """

    dataset: Dataset
    kind: str
    source: str
    home: str
    sample: bool
    synced_at: datetime
    hidden: bool


async def stamp(store: Store) -> int:
    """A number that changes whenever what :func:`current` returns changes; one row is read."""
    return int(await read_fact(store, _STAMP) or 0)


async def current(store: Store) -> tuple[int, tuple[Dataset, ...]]:
    """The stamp and the datasets in force without those taken down, each code once, in a stable order.

    The sample counts only until any other source has been synced. A change in between shows as a new stamp later.
    """
    at = await stamp(store)
    found: dict[str, Dataset] = {}
    async for entry in entries(store):
        if not entry.hidden:
            found.setdefault(entry.dataset.code, entry.dataset)
    return at, tuple(found.values())


async def entries(store: Store, *, code: str | None = None) -> AsyncIterator[Entry]:
    """Everything in force (or only ``code``), taken down or not, by source and code."""
    statement = _in_force(
        datasets.c.document,
        sources.c.kind,
        sources.c.name,
        sources.c.province,
        sources.c.sample,
        sources.c.synced_at,
        takedowns.c.code.label("down"),
    ).execution_options(yield_per=_DECODED)
    if code is not None:
        statement = statement.where(datasets.c.code == code)
    async with store.read() as connection, connection.stream(statement) as result:
        async for row in result:
            yield Entry(
                dataset=from_document(row.document),
                kind=row.kind,
                source=row.name,
                home=row.province,
                sample=bool(row.sample),
                synced_at=row.synced_at,
                hidden=row.down is not None,
            )


async def publications(store: Store) -> AsyncIterator[Published]:
    """What is in force, taken down or not, with the day on which it was published; not the sample."""
    async with store.read() as connection:
        names = ("title", "province", "publisher", "published_at")
        said = [text_in(connection.dialect, datasets.c.document, name).label(name) for name in names]
        statement = _in_force(datasets.c.code, *said).where(sources.c.sample == 0, said[-1].is_not(None))
        async with connection.stream(statement.execution_options(yield_per=_PASSED)) as result:
            async for row in result:
                yield Published(
                    code=row.code,
                    title=row.title,
                    province=row.province or "",
                    publisher=row.publisher or "",
                    published_at=date.fromisoformat(row.published_at),
                )


async def size(store: Store) -> int:
    """How many datasets are in force, taken down or not."""
    async with store.read() as connection:
        return int(
            await connection.scalar(select(func.count()).select_from(_in_force(datasets.c.code).subquery())) or 0
        )


async def documents(store: Store, *, texts: bool = True) -> AsyncIterator[tuple[str, str]]:
    """The digest and the JSON text of each dataset of :func:`current`, in its order; without ``texts`` "" for these."""
    text = type_coerce(datasets.c.document, Text) if texts else literal("")
    seen: set[str] = set()
    statement = _in_force(datasets.c.code, datasets.c.digest, text.label("text")).where(takedowns.c.code.is_(None))
    async with store.read() as connection, connection.stream(statement.execution_options(yield_per=_PASSED)) as result:
        async for row in result:
            if row.code not in seen:
                seen.add(row.code)
                yield row.digest, row.text


def _in_force(*columns: ColumnElement[Any]) -> Select[Any]:
    """``columns`` of everything in force, taken down or not, by source and code."""
    others = sources.alias("others")
    synced = exists().where(others.c.sample == 0, others.c.version > 0)
    return (
        select(*columns)
        .select_from(datasets)
        .join(sources, (sources.c.id == datasets.c.source_id) & (sources.c.version == datasets.c.version))
        .outerjoin(takedowns, takedowns.c.code == datasets.c.code)
        .where(or_(sources.c.sample == 0, ~synced))
        .order_by(datasets.c.source_id, datasets.c.code)
    )


def in_force(code: ColumnElement[str], table: Table) -> ColumnElement[bool]:
    """The condition that a dataset with the ``code``, a column of ``table``, is in force, taken down or not."""
    return _in_force(datasets.c.code).where(datasets.c.code == code).order_by(None).correlate(table).exists()


async def used_tables(store: Store) -> set[str]:
    """The hashes of all tables that any stored version of any dataset refers to."""
    used: set[str] = set()
    statement = select(datasets.c.document).execution_options(yield_per=_DECODED)
    async with store.read() as connection, connection.stream(statement) as result:
        async for document in result.scalars():
            used.update(entry["table"] for entry in document.get("resources", ()) if "table" in entry)
    return used


async def change_stamp(connection: Transaction) -> None:
    """Tell every process that the catalogue in force has changed; part of the transaction that changes it."""
    await count_up(connection, _STAMP)
