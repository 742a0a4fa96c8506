"""What the sources changed, publication by publication: the memory behind feeds and followers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, exists, insert, or_, select, tuple_

from bot.core.changes import START, Change, ChangeKind, Position
from bot.store.engine import Store
from bot.store.source import Source
from bot.store.tables import changes, publications, sources, takedowns
from bot.store.transaction import Transaction

_SLICE = 500


async def stage_changes(store: Store, source: Source, version: int, chunk: Sequence[Change]) -> None:
    """Write what ``version`` of ``source`` would change; it counts once that version is published."""
    rows = [
        {
            "source_id": source.id,
            "version": version,
            "code": change.code,
            "kind": change.kind,
            "title": change.title,
            "province": change.province,
            "detail": dict(change.detail),
        }
        for change in chunk
    ]

    async def job(connection: Transaction) -> None:
        await connection.execute(insert(changes), rows)

    if rows:
        await store.write(job)


async def read_changes(
    store: Store, *, after: Position = START, limit: int, codes: Collection[str] | None = None
) -> tuple[Change, ...]:
    """At most ``limit`` published changes behind ``after``, oldest first; only of ``codes`` if given.

    Neither what was taken down nor, once another source has been synced, the sample is among them.
    """
    behind = tuple_(publications.c.id, changes.c.code) > tuple_(*after)
    statement = _published(codes).where(behind).order_by(publications.c.id, changes.c.code)
    return await _read(store, statement.limit(limit))


async def read_latest_changes(
    store: Store, *, before: Position | None = None, limit: int, codes: Collection[str] | None = None
) -> tuple[Change, ...]:
    """Like :func:`read_changes`, but newest first: the latest of all, or those in front of ``before``."""
    statement = _published(codes).order_by(publications.c.id.desc(), changes.c.code.desc())
    if before is not None:
        statement = statement.where(tuple_(publications.c.id, changes.c.code) < tuple_(*before))
    return await _read(store, statement.limit(limit))


async def position_at(store: Store, moment: datetime) -> Position:
    """The place behind which all changes stand that were published at ``moment`` or later."""
    first = select(publications.c.id).where(publications.c.at >= moment).order_by(publications.c.id).limit(1)
    async with store.read() as connection:
        found = await connection.scalar(first)
    return (found if found is not None else await last_publication(store) + 1, "")


def _published(codes: Collection[str] | None) -> Select[Any]:
    others = sources.alias("others")
    synced = exists().where(others.c.sample == 0, others.c.version > 0)
    statement = (
        select(changes, publications.c.id.label("publication"), publications.c.at)
        .join(
            publications,
            (publications.c.source_id == changes.c.source_id) & (publications.c.version == changes.c.version),
        )
        .join(sources, sources.c.id == changes.c.source_id)
        .outerjoin(takedowns, takedowns.c.code == changes.c.code)
        .where(takedowns.c.code.is_(None), or_(sources.c.sample == 0, ~synced))
    )
    return statement if codes is None else statement.where(changes.c.code.in_(codes))


async def _read(store: Store, statement: Select[Any]) -> tuple[Change, ...]:
    async with store.read() as connection:
        rows = (await connection.execute(statement)).all()
    return tuple(
        Change(
            code=row.code,
            kind=ChangeKind(row.kind),
            title=row.title,
            province=row.province,
            detail=row.detail,
            at=row.at,
            publication=row.publication,
        )
        for row in rows
    )


async def forget(store: Store, *, before: datetime) -> int:
    """Delete publications before ``before`` and what they changed, a little at a time. Returns how many rows went."""
    key = (changes.c.source_id, changes.c.version, changes.c.code)
    old = select(publications.c.id).where(publications.c.at < before).limit(_SLICE)
    told = (
        select(*key)
        .join(
            publications,
            (publications.c.source_id == changes.c.source_id) & (publications.c.version == changes.c.version),
        )
        .where(publications.c.at < before)
        .limit(_SLICE)
    )

    async def drop_changes(connection: Transaction) -> int:
        return (await connection.execute(delete(changes).where(tuple_(*key).in_(told)))).rowcount

    async def drop_publications(connection: Transaction) -> int:
        return (await connection.execute(delete(publications).where(publications.c.id.in_(old)))).rowcount

    count = 0
    for job in (drop_changes, drop_publications):
        while gone := await store.write(job):
            count += gone
    return count


async def last_publication(store: Store) -> int:
    """The number of the latest publication, 0 before the first."""
    newest = select(publications.c.id).order_by(publications.c.id.desc()).limit(1)
    async with store.read() as connection:
        return int(await connection.scalar(newest) or 0)
