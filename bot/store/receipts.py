"""What providers say became of our parts. A receipt may come first, twice, late, or in any order."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update

from bot.core.delivery import DeliveryState
from bot.core.messages import Address, Receipt
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.tables import outbox_parts, receipts
from bot.store.transaction import Transaction


async def accept(store: Store, arrived: Sequence[Receipt]) -> None:
    """Store ``arrived`` and join what has its part already; returns after the commit."""

    async def job(connection: Transaction) -> None:
        for receipt in sorted(arrived, key=lambda one: (one.channel, one.account, one.provider_id)):
            fresh = await insert_if_new(
                connection,
                receipts,
                channel=receipt.channel,
                account=receipt.account,
                provider_id=receipt.provider_id,
                state=int(receipt.state),
                detail=receipt.detail,
                at=receipt.at,
                joined=0,
            )
            if fresh:
                await _join(connection, receipt.channel, receipt.account, receipt.provider_id)

    await store.write(job)


async def heard(connection: Transaction, address: Address, provider_id: str | None) -> DeliveryState:
    """The highest state reported so far for a part that is being recorded just now."""
    if provider_id is None:
        return DeliveryState.UNKNOWN
    mine = _of(address.channel, address.account, provider_id)
    state = await connection.scalar(select(func.max(receipts.c.state)).where(mine))
    if state is None:
        return DeliveryState.UNKNOWN
    await connection.execute(update(receipts).where(mine).values(joined=1))
    return DeliveryState(state)


async def join_left_over(store: Store, *, limit: int = 500) -> int:
    """Join receipts that crossed with the recording of their part in another process. Returns how many."""
    part = and_(
        outbox_parts.c.channel == receipts.c.channel,
        outbox_parts.c.account == receipts.c.account,
        outbox_parts.c.provider_id == receipts.c.provider_id,
    )

    async def job(connection: Transaction) -> int:
        rows = await connection.execute(
            select(receipts.c.channel, receipts.c.account, receipts.c.provider_id)
            .where(receipts.c.joined == 0, exists().where(part))
            .distinct()
            .limit(limit)
        )
        found = rows.all()
        for row in found:
            await _join(connection, row.channel, row.account, row.provider_id)
        return len(found)

    return await store.write(job)


async def forget(store: Store, *, before: datetime) -> int:
    """Drop receipts older than ``before``: joined ones have done their work, others never found a part."""

    async def job(connection: Transaction) -> int:
        return (await connection.execute(delete(receipts).where(receipts.c.at < before))).rowcount

    return await store.write(job)


async def _join(connection: Transaction, channel: str, account: str, provider_id: str) -> None:
    """Lift the part to the highest state reported; a lower or repeated report changes nothing."""
    mine = _of(channel, account, provider_id)
    state = await connection.scalar(select(func.max(receipts.c.state)).where(mine))
    part = and_(
        outbox_parts.c.channel == channel,
        outbox_parts.c.account == account,
        outbox_parts.c.provider_id == provider_id,
    )
    if not await connection.scalar(select(exists().where(part))):
        return
    await connection.execute(update(outbox_parts).where(part, outbox_parts.c.state < state).values(state=state))
    await connection.execute(update(receipts).where(mine).values(joined=1))


def _of(channel: str, account: str, provider_id: str) -> ColumnElement[bool]:
    return and_(receipts.c.channel == channel, receipts.c.account == account, receipts.c.provider_id == provider_id)
