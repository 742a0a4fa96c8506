"""When the portals could not be reached, by what the syncs of their sources saw."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from bot.core.local_time import local_day
from bot.core.outage import LAPSE, Outage, days_down
from bot.store.engine import Store
from bot.store.tables import outages
from bot.store.transaction import Transaction

Identity = tuple[str, str, str]
"""What makes a source the same as before: kind, name, province."""


async def note_down(store: Store, identity: Identity, reason: str, *, now: datetime) -> None:
    """The source was asked at ``now`` and could not be reached, because of ``reason`` (one sentence).

    One outage is one row, however often and in whatever order it is seen; one that was not seen for
    :data:`bot.core.outage.LAPSE` has ended when it was seen last.
    """

    async def job(connection: Transaction) -> None:
        going_on = select(outages).where(_open(identity)).order_by(outages.c.began_at.desc()).limit(1)
        row = (await connection.execute(going_on.with_for_update())).one_or_none()
        if row is not None and now <= row.seen_at + LAPSE:
            seen = {"began_at": min(row.began_at, now), "seen_at": max(row.seen_at, now), "reason": reason}
            await connection.execute(update(outages).where(outages.c.id == row.id).values(seen))
            return
        if row is not None:
            await connection.execute(update(outages).where(_open(identity)).values(ended_at=outages.c.seen_at))
        kind, name, province = identity
        fresh = {"kind": kind, "name": name, "province": province, "began_at": now, "seen_at": now, "reason": reason}
        await connection.execute(insert(outages).values(fresh))

    await store.write(job)


async def note_up(store: Store, identity: Identity, *, now: datetime) -> None:
    """The source answered at ``now``, whatever it said. Its outage is over, or was when it was seen last."""
    async with store.read() as connection:
        if (await connection.execute(select(outages.c.id).where(_open(identity)).limit(1))).first() is None:
            return

    async def job(connection: Transaction) -> None:
        lapsed = outages.c.seen_at < now - LAPSE
        still = update(outages).where(_open(identity))
        await connection.execute(still.where(lapsed).values(ended_at=outages.c.seen_at))
        await connection.execute(still.where(outages.c.seen_at >= now).values(ended_at=outages.c.seen_at))
        await connection.execute(still.values(ended_at=now))

    await store.write(job)


async def is_down(store: Store, province: str, *, now: datetime) -> bool:
    """Whether the portal of ``province`` (the id of one of today's, as sources have it) is down at ``now``: any of its
    sources could not be reached and has not answered since."""
    return province in await provinces_down(store, now=now)


async def provinces_down(store: Store, *, now: datetime) -> frozenset[str]:
    """The provinces whose portal is down at ``now``. An outage that was not seen for :data:`bot.core.outage.LAPSE`
    does not count any more."""
    going_on = select(outages).where(outages.c.ended_at.is_(None))
    async with store.read() as connection:
        found = (await connection.execute(going_on)).all()
    return frozenset(row.province for row in found if _outage(row).lasts_at(now))


async def down_days(store: Store, province: str, first: date, last: date) -> tuple[date, ...]:
    """The days from ``first`` to ``last`` (both included) on which the portal of ``province`` was down, in order.

    Which days count is said by :func:`bot.core.outage.days_down`: at least one office hour of it was lost.
    """
    async with store.read() as connection:
        rows = (await connection.execute(select(outages).where(outages.c.province == province))).all()
    found = map(_outage, rows)
    return days_down(
        (one for one in found if local_day(one.began_at) <= last and local_day(one.until) >= first), first, last
    )


async def forget(store: Store, *, before: datetime) -> int:
    """Delete the outages of which nothing was seen since ``before``. Returns how many rows went."""

    async def job(connection: Transaction) -> int:
        over = (outages.c.seen_at < before) & (outages.c.ended_at.is_(None) | (outages.c.ended_at < before))
        return (await connection.execute(delete(outages).where(over))).rowcount

    return await store.write(job)


def _open(identity: Identity) -> ColumnElement[bool]:
    kind, name, province = identity
    mine = (outages.c.kind == kind) & (outages.c.name == name) & (outages.c.province == province)
    return mine & outages.c.ended_at.is_(None)


def _outage(row: Row[Any]) -> Outage:
    return Outage(began_at=row.began_at, seen_at=row.seen_at, ended_at=row.ended_at)
