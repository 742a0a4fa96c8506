"""Datasets that were taken down: none of them is shown, whoever publishes it, until it is let be seen again."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.store.catalogue import TOPIC, change_stamp
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import takedowns
from bot.store.transaction import Transaction


async def taken_down(store: Store) -> frozenset[str]:
    """The codes of the datasets that were taken down."""
    async with store.read() as connection:
        return frozenset((await connection.execute(select(takedowns.c.code))).scalars())


async def hide(store: Store, code: str, *, now: datetime, reason: str = "") -> bool:
    """Take the dataset ``code`` down, at once and whoever publishes it; False when it was down already."""

    async def job(connection: Transaction) -> bool:
        changed = await insert_if_new(connection, takedowns, code=code, at=now, reason=reason)
        if changed:
            await change_stamp(connection)
        return changed

    return await store.write(job, wake=[TOPIC])


async def unhide(store: Store, code: str) -> bool:
    """Let ``code`` be seen again; False when it was not taken down."""

    async def job(connection: Transaction) -> bool:
        changed = bool((await connection.execute(delete(takedowns).where(takedowns.c.code == code))).rowcount)
        if changed:
            await change_stamp(connection)
        return changed

    return await store.write(job, wake=[TOPIC])
