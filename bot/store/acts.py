"""What was said and seen of duties: a row each, which is never changed and never deleted before its time."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, literal_column, or_, select

from bot.core.obligations import recording
from bot.core.obligations.progress import Act, ActKind, Said, says_again
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.record import append_all
from bot.store.tables import acts
from bot.store.transaction import Transaction

_READ = 500  # rows between two turns of the event loop
_SLICE = 2000
"""Keys that are asked for at once: both engines take more variables than that."""
_SAID = tuple(field.name for field in fields(Act) if field.name != "id")
"""What :func:`record_act` is told of an act."""


async def read_acts(store: Store, *, keys: Collection[str] | None = None) -> dict[str, list[Act]]:
    """What was said and seen of the duties with ``keys`` (None = of all), by key, in the order in which it was."""
    every = select(acts).order_by(acts.c.id)
    wanted = sorted(keys or ())
    slices = [wanted[start : start + _SLICE] for start in range(0, len(wanted), _SLICE)]
    found: dict[str, list[Act]] = defaultdict(list)
    async with store.read() as connection:
        for query in [every] if keys is None else [every.where(acts.c.key.in_(some)) for some in slices]:
            for row in await connection.execute(query):
                found[row.key].append(_act(row))
    return dict(found)


async def read_recent_acts(store: Store, *, since: datetime, always: Collection[str]) -> dict[str, list[Act]]:
    """What was said and seen from the moment ``since`` on, by key; of the rules ``always`` (``profile/rule``) all that
    ever was."""
    rules = [acts.c.key.startswith(f"{rule}/", autoescape=True) for rule in sorted(always)]
    found: dict[str, list[Act]] = defaultdict(list)
    async with store.read() as connection:
        query = select(acts).where(or_(acts.c.at >= since, *rules)).order_by(acts.c.id)
        async with connection.stream(query.execution_options(yield_per=_READ)) as result:
            async for part in result.partitions():
                for row in part:
                    found[row.key].append(_act(row))
    return dict(found)


async def read_changes(store: Store, *, since: datetime) -> dict[str, list[Act]]:
    """The changes that were told from the moment ``since`` on, by key, and nothing else of these duties."""
    found: dict[str, list[Act]] = defaultdict(list)
    async with store.read() as connection:
        query = select(acts).where(acts.c.kind == literal_column(f"'{ActKind.CHANGED}'"), acts.c.at >= since)
        for row in await connection.execute(query.order_by(acts.c.id)):
            found[row.key].append(_act(row))
    return dict(found)


async def record_act(
    connection: Transaction,
    *,
    key: str,
    kind: ActKind,
    at: datetime,
    officer: int | None = None,
    by: str = "",
    day: date | None = None,
    to: int | None = None,
    undoes: int | None = None,
    note: str = "",
) -> Act:
    """Add what was said or seen of the duty ``key`` and return it; the fields are those of :class:`Act`.

    Safe to repeat: what only says again what was said last (:func:`says_again`) adds nothing and returns that.
    """
    new = Act(id=0, key=key, kind=kind, at=at, officer=officer, by=by, day=day, to=to, undoes=undoes, note=note)
    before = await connection.execute(select(acts).where(acts.c.key == key).with_for_update())
    said = says_again(new, [_act(row) for row in before])
    if said is not None:
        return said
    values = {
        "key": new.key,
        "kind": new.kind,
        "at": new.at,
        "officer_id": new.officer,
        "by": new.by,
        "day": new.day,
        "to_officer": new.to,
        "undoes": new.undoes,
        "note": new.note,
        "once": f"{new.key}/{new.day}/{new.note}" if new.kind is ActKind.MATCHED else None,
    }
    if values["once"] is None:
        added = await connection.execute(insert(acts).values(values).returning(acts.c.id))
        return replace(new, id=int(added.scalar_one()))
    await insert_if_new(connection, acts, **values)  # another process may see the same at the same time
    seen = await connection.execute(select(acts).where(acts.c.once == values["once"]))
    return _act(seen.one())


async def record_all(connection: Transaction, said: Sequence[Said]) -> list[Act]:
    """Add what was ``said`` and put it on record, as the last step of a transaction. Returns it as it is kept.

    Safe to repeat: what only says again what was said last adds nothing to either.
    """
    told = [await record_act(connection, **{name: getattr(one.act, name) for name in _SAID}) for one in said]
    entries = [
        recording.record_act(act, one.duty, cite=one.cite, agency_name=one.agency, officer_name=one.officer)
        for act, one in zip(told, said, strict=True)
    ]
    await append_all(connection, entries)  # an act that is on record already is not put there again
    return told


async def forget(store: Store, *, before: datetime) -> int:
    """Delete what was said before ``before``: as long ago as the record of it is kept. Returns how many rows."""

    async def job(connection: Transaction) -> int:
        return (await connection.execute(delete(acts).where(acts.c.at < before))).rowcount

    return await store.write(job)


def _act(row: Any) -> Act:
    return Act(
        id=row.id,
        key=row.key,
        kind=ActKind(row.kind),
        at=row.at,
        officer=row.officer_id,
        by=row.by,
        day=row.day,
        to=row.to_officer,
        undoes=row.undoes,
        note=row.note,
    )
