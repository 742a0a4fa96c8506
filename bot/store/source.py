"""Sources of the catalogue and the versions of their datasets.

A sync writes a whole new version beside the old one, in small transactions; one tiny transaction then makes it count.
Whatever happens before that leaves the old version in force.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, literal, select, tuple_, update

from bot.core.catalogue import Dataset
from bot.core.errors import ConflictError
from bot.store.catalogue import TOPIC, change_stamp
from bot.store.dataset import digest_of, from_document, to_document
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.fact import count_up
from bot.store.tables import changes, datasets, publications, sources
from bot.store.transaction import Transaction

CHUNK = 100
"""How many datasets one transaction writes: a few milliseconds' worth."""
_DELETED = 200
_READ = 500  # rows between two turns of the event loop


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where datasets come from. ``version`` is the one that counts, 0 before the first sync.

    ``sample`` marks the embedded sample, which is silent as soon as any other source has been synced. ``mark`` is where
    its next reading may go on, empty = everything is to be read; ``whole_at`` when everything was read last.
    """

    id: int
    kind: str
    name: str
    province: str
    address: str
    sample: bool
    version: int
    synced_at: datetime | None
    mark: str = ""
    whole_at: datetime | None = None


async def find_source(store: Store, *, kind: str, name: str, province: str) -> Source | None:
    """The source with that identity, None when it was never synced."""
    async with store.read() as connection:
        row = await _row(connection, kind, name, province)
    return _source(row) if row is not None else None


async def list_sources(store: Store) -> tuple[Source, ...]:
    """Every source, oldest first."""
    async with store.read() as connection:
        rows = (await connection.execute(select(sources).order_by(sources.c.id))).all()
    return tuple(map(_source, rows))


async def register_source(
    store: Store, *, kind: str, name: str, province: str, address: str, sample: bool = False
) -> Source:
    """The source with that identity, recorded when it is new; its ``address`` is what it was called last."""

    async def job(connection: Transaction) -> Source:
        identity = {"kind": kind, "name": name, "province": province}
        await insert_if_new(connection, sources, **identity, address=address, sample=int(sample), version=0)
        await connection.execute(update(sources).filter_by(**identity).values(address=address, sample=int(sample)))
        row = await _row(connection, **identity)
        assert row is not None  # noqa: S101 – inserted above
        return _source(row)

    return await store.write(job)


async def read_digests(store: Store, source: Source) -> dict[str, str]:
    """What the current version of ``source`` says, as code → digest."""
    statement = select(datasets.c.code, datasets.c.digest).where(
        datasets.c.source_id == source.id, datasets.c.version == source.version
    )
    async with store.read() as connection, connection.stream(statement.execution_options(yield_per=_READ)) as rows:
        return {row.code: row.digest async for row in rows}


async def read_datasets(store: Store, source: Source, codes: Collection[str]) -> dict[str, Dataset]:
    """What the current version of ``source`` says of ``codes``, a few hundred at most, without those that it lacks."""
    statement = select(datasets.c.code, datasets.c.document).where(
        datasets.c.source_id == source.id, datasets.c.version == source.version, datasets.c.code.in_(codes)
    )
    async with store.read() as connection:
        rows = (await connection.execute(statement)).all() if codes else ()
    return {row.code: from_document(row.document) for row in rows}


async def read_codes(store: Store, *, beside: Source | None, sample: bool) -> set[str]:
    """The codes that all sources but ``beside`` use; only among the samples, or only among the others."""
    taken = (
        select(datasets.c.code)
        .join(sources, (sources.c.id == datasets.c.source_id) & (sources.c.version == datasets.c.version))
        .where(sources.c.sample == int(sample))
    )
    if beside is not None:
        taken = taken.where(sources.c.id != beside.id)
    async with store.read() as connection, connection.stream(taken.execution_options(yield_per=_READ)) as rows:
        return {row.code async for row in rows}


async def open_version(store: Store) -> int:
    """A new version's number; no two syncs ever get the same."""

    async def job(connection: Transaction) -> int:
        return await count_up(connection, "catalogue version")

    return await store.write(job)


async def write_datasets(store: Store, source: Source, version: int, chunk: Sequence[Dataset]) -> None:
    """Write at most :data:`CHUNK` datasets into a version that does not count yet."""
    rows: list[dict[str, Any]] = []
    for dataset in chunk:
        document = to_document(dataset)
        row = {"source_id": source.id, "version": version, "code": dataset.code}
        rows.append({**row, "digest": digest_of(document), "document": document})

    async def job(connection: Transaction) -> None:
        await connection.execute(insert(datasets), rows)

    await store.write(job)


async def carry_over(store: Store, source: Source, version: int, codes: Collection[str]) -> None:
    """Copy ``codes``, at most :data:`CHUNK`, from the version in force into one that does not count yet.

    They are copied within the database.
    """
    columns = (datasets.c.source_id, literal(version), datasets.c.code, datasets.c.digest, datasets.c.document)
    kept = select(*columns).where(
        datasets.c.source_id == source.id, datasets.c.version == source.version, datasets.c.code.in_(codes)
    )
    names = [column.name for column in datasets.columns]

    async def job(connection: Transaction) -> None:
        await connection.execute(insert(datasets).from_select(names, kept, include_defaults=False))

    await store.write(job)


async def publish_version(
    store: Store, source: Source, version: int, *, now: datetime, mark: str = "", whole: bool = True
) -> None:
    """Make ``version`` and its changes count; ``mark`` is where the next reading may go on, ``whole`` says that all
    was read this time. Raises ConflictError when another sync of ``source`` was faster: its result stays.
    """

    async def job(connection: Transaction) -> None:
        result = await connection.execute(
            update(sources)
            .where(sources.c.id == source.id, sources.c.version == source.version)
            .values(version=version, **_read_at(now, mark, whole=whole))
        )
        if not result.rowcount:
            raise ConflictError(f"another sync of {source.name} was faster; its result stays")
        await change_stamp(connection)  # locks its row, so publications are numbered in the order in which they count
        await connection.execute(insert(publications).values(source_id=source.id, version=version, at=now))

    await store.write(job, wake=[TOPIC])


async def confirm_version(store: Store, source: Source, *, now: datetime, mark: str = "", whole: bool = True) -> None:
    """Record that ``source`` was read at ``now`` and said nothing new; ``mark`` and ``whole`` as in publishing."""

    async def job(connection: Transaction) -> None:
        read = update(sources).where(sources.c.id == source.id).values(_read_at(now, mark, whole=whole))
        await connection.execute(read)

    await store.write(job)


def _read_at(now: datetime, mark: str, *, whole: bool) -> dict[str, Any]:
    return {"synced_at": now, "mark": mark, **({"whole_at": now} if whole else {})}


async def purge_versions(store: Store, source: Source, *, before: int) -> None:
    """Remove the versions of ``source`` older than ``before``, left-overs of broken syncs too, a little at a time.

    What a published version changed stays on record; changes of one that never counted go.
    """
    key = (datasets.c.source_id, datasets.c.version, datasets.c.code)
    old = select(*key).where(datasets.c.source_id == source.id, datasets.c.version < before).limit(_DELETED)
    told = (changes.c.source_id, changes.c.version, changes.c.code)
    published = exists().where(
        publications.c.source_id == changes.c.source_id, publications.c.version == changes.c.version
    )
    untrue = select(*told).where(changes.c.source_id == source.id, changes.c.version < before, ~published)

    async def forget(connection: Transaction) -> int:
        return (await connection.execute(delete(datasets).where(tuple_(*key).in_(old)))).rowcount

    async def retract(connection: Transaction) -> int:
        return (await connection.execute(delete(changes).where(tuple_(*told).in_(untrue.limit(_DELETED))))).rowcount

    while await store.write(forget):
        pass
    while await store.write(retract):
        pass


async def _row(connection: Transaction, kind: str, name: str, province: str) -> Row[Any] | None:
    identity = select(sources).filter_by(kind=kind, name=name, province=province)
    return (await connection.execute(identity)).one_or_none()


def _source(row: Row[Any]) -> Source:
    return Source(**{**row._mapping, "sample": bool(row.sample)})  # noqa: SLF001 – SQLAlchemy's public name for it
