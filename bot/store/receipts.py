"""What providers say became of our parts. A receipt may come first, twice, late, or in any order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import chain

from sqlalchemy import ColumnElement, and_, delete, exists, func, select, update

from bot.core.delivery import DeliveryState
from bot.core.messages import Address, Receipt
from bot.store import ladder
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.fact import count_up
from bot.store.tables import outbox_parts, receipts
from bot.store.transaction import Transaction

ORPHANS = "receipts.orphans"
"""The fact that counts the reports that were dropped because no part was ever found that they speak of."""


async def accept(store: Store, arrived: Sequence[Receipt]) -> None:
    """Store ``arrived`` and join what has its part already; returns after the commit."""

    # two processes that hear the same reports insert them in the same order, and join only then: no deadlock
    ordered = sorted(arrived, key=lambda one: (one.channel, one.account, one.provider_id, one.state))

    async def job(connection: Transaction) -> None:
        fresh = [receipt for receipt in ordered if await _insert(connection, receipt)]
        await _join_all(connection, {(one.channel, one.account, one.provider_id) for one in fresh})

    await store.write(job)


async def _insert(connection: Transaction, receipt: Receipt) -> bool:
    return await insert_if_new(
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


async def heard(
    connection: Transaction, address: Address, provider_ids: Sequence[str | None]
) -> dict[str | None, DeliveryState]:
    """The highest states reported so far for the parts of one account that are being recorded."""
    known = sorted({provider_id for provider_id in provider_ids if provider_id is not None})
    ours = and_(receipts.c.channel == address.channel, receipts.c.account == address.account)
    highest = select(receipts.c.provider_id, func.max(receipts.c.state).label("state"))
    early = highest.where(ours, receipts.c.provider_id.in_(known)).group_by(receipts.c.provider_id)
    states: dict[str | None, DeliveryState] = {}
    for row in (await connection.execute(early.order_by(receipts.c.provider_id))).all():
        await _mark_joined(connection, _of(address.channel, address.account, row.provider_id), row.state)
        states[row.provider_id] = DeliveryState(row.state)
    return states


async def has_report(store: Store, address: Address, provider_id: str) -> bool:
    """Whether the provider of this account has ever said anything of a part."""
    ours = _of(address.channel, address.account, provider_id)
    async with store.read() as connection:
        return bool(await connection.scalar(select(exists().where(ours))))


async def join_left_over(store: Store, *, limit: int = 500) -> int:
    """Join receipts that crossed with the recording of their part in another process. Returns how many."""
    part = and_(
        outbox_parts.c.channel == receipts.c.channel,
        outbox_parts.c.account == receipts.c.account,
        outbox_parts.c.provider_id == receipts.c.provider_id,
    )
    crossed = (
        select(receipts.c.channel, receipts.c.account, receipts.c.provider_id)
        .where(receipts.c.joined == 0, exists().where(part))
        .limit(limit)
    )
    async with store.read() as connection:
        found = {(row.channel, row.account, row.provider_id) for row in await connection.execute(crossed)}

    async def job(connection: Transaction) -> None:
        await _join_all(connection, found)

    if found:
        await store.write(job)
    return len(found)


async def forget(store: Store, *, before: datetime, limit: int = 500) -> int:
    """Drop receipts older than ``before``: joined ones have done their work. Others never found a part: these orphans
    are counted, see :data:`ORPHANS`. Returns how many went."""
    gone = 0
    while True:
        old = select(receipts.c.id).where(receipts.c.at < before).order_by(receipts.c.id).limit(limit)
        async with store.read() as connection:
            doomed = list((await connection.execute(old)).scalars())
        if not doomed:
            return gone

        async def job(connection: Transaction, doomed: Sequence[int] = doomed) -> int:
            mine = delete(receipts).where(receipts.c.id.in_(doomed))
            orphans = (await connection.execute(mine.where(receipts.c.joined == 0))).rowcount
            if orphans:
                await count_up(connection, ORPHANS, orphans)
            return orphans + (await connection.execute(mine)).rowcount

        gone += await store.write(job)


async def _join_all(connection: Transaction, parts: Collection[tuple[str, str, str]]) -> None:
    """Join what is reported of ``parts`` (channel, account and id), in their order."""
    arrived = [await _join(connection, *part) for part in sorted(parts)]
    if messages := sorted(chain.from_iterable(arrived)):
        await ladder.confirm(connection, messages)


async def _join(connection: Transaction, channel: str, account: str, provider_id: str) -> Sequence[int]:
    """Lift the part to the highest state reported; a lower or repeated report changes nothing. Returns the messages of
    which it is, when it has arrived."""
    mine = _of(channel, account, provider_id)
    state = await connection.scalar(select(func.max(receipts.c.state)).where(mine))
    part = and_(
        outbox_parts.c.channel == channel,
        outbox_parts.c.account == account,
        outbox_parts.c.provider_id == provider_id,
    )
    messages = (await connection.execute(select(outbox_parts.c.outbox_id).where(part))).scalars().all()
    if not messages or state is None:
        return ()
    await connection.execute(update(outbox_parts).where(part, outbox_parts.c.state < state).values(state=state))
    await _mark_joined(connection, mine, state)
    return messages if state >= DeliveryState.DELIVERED else ()


async def _mark_joined(connection: Transaction, mine: ColumnElement[bool], state: int) -> None:
    """A higher report that another process has stored meanwhile has not been joined: it is left for the sweep."""
    await connection.execute(update(receipts).where(mine, receipts.c.state <= state).values(joined=1))


def _of(channel: str, account: str, provider_id: str) -> ColumnElement[bool]:
    return and_(receipts.c.channel == channel, receipts.c.account == account, receipts.c.provider_id == provider_id)
