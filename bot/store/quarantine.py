"""What could not be understood or stored: kept raw with its reason, where it blocks nobody."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.store.engine import Store
from bot.store.tables import quarantine
from bot.store.transaction import Transaction

RAW_BYTES = 384 * 1024
"""Room for the longest event that is taken, encrypted and with what came around it."""
_SLICE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """An event that was set aside. ``raw`` is what :func:`set_aside` was given, or its beginning."""

    channel: str
    account: str
    raw: bytes


async def set_aside(store: Store, *, channel: str, account: str, raw: bytes, reason: str, now: datetime) -> None:
    """Keep ``raw`` (its first 384 KiB) and why it was not taken."""
    row = {"channel": channel, "account": account, "raw": raw[:RAW_BYTES], "reason": reason, "received_at": now}

    async def job(connection: Transaction) -> None:
        await connection.execute(insert(quarantine).values(row))

    await store.write(job)


async def find(store: Store, row: int) -> Aside | None:
    """The event with that number, None when there is none."""
    query = select(quarantine.c.channel, quarantine.c.account, quarantine.c.raw).where(quarantine.c.id == row)
    async with store.read() as connection:
        found = (await connection.execute(query)).one_or_none()
    return None if found is None else Aside(channel=found.channel, account=found.account, raw=found.raw)


async def of_channel(store: Store, channel: str) -> AsyncIterator[tuple[int, Aside]]:
    """Every event of a channel with its number, a few at a time: each may be long."""
    last = 0
    while True:
        mine = (quarantine.c.channel == channel) & (quarantine.c.id > last)
        query = (
            select(quarantine.c.id, quarantine.c.account, quarantine.c.raw)
            .where(mine)
            .order_by(quarantine.c.id)
            .limit(_SLICE)
        )
        async with store.read() as connection:
            rows = (await connection.execute(query)).all()
        for row in rows:
            yield row.id, Aside(channel=channel, account=row.account, raw=row.raw)
        if len(rows) < _SLICE:
            return
        last = rows[-1].id


async def discard(store: Store, row: int) -> None:
    """Forget the event with that number: it has been taken after all."""

    async def job(connection: Transaction) -> None:
        await connection.execute(delete(quarantine).where(quarantine.c.id == row))

    await store.write(job)
