"""What became of a queued message: its parts, its end, or when to try again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from bot.core.delivery import DeliveryState, OutboxState
from bot.store.dialect import insert_if_new
from bot.store.engine import Store
from bot.store.outbox import Head, in_turn, waits
from bot.store.receipts import heard
from bot.store.tables import outbox, outbox_heads, outbox_parts
from bot.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPart:
    """A part that left; ``provider_id`` is None when the result is unknown."""

    outbox_id: int
    number: int
    provider_id: str | None
    state: DeliveryState
    at: datetime


async def record_part(store: Store, head: Head, part: SentPart, *, last: bool) -> None:
    """Write down that a part left and, with the ``last``, that the message is sent. Safe to repeat."""

    async def job(connection: Transaction) -> None:
        state = max(part.state, await heard(connection, head.address, part.provider_id))
        await insert_if_new(
            connection,
            outbox_parts,
            outbox_id=part.outbox_id,
            number=part.number,
            channel=head.address.channel,
            account=head.address.account,
            provider_id=part.provider_id,
            state=int(state),
            at=part.at,
        )
        if last:
            await _close(connection, part.outbox_id, OutboxState.SENT, now=part.at)

    await store.write(job)


async def postpone(
    store: Store, row: int, *, until: datetime, error: str, resend: bool = False, counted: bool = True
) -> None:
    """Try the message again from ``until`` on. ``counted``: this was one of its attempts."""

    async def job(connection: Transaction) -> None:
        await connection.execute(
            update(outbox)
            .where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
            .values(
                not_before=until,
                error=error,
                attempts=outbox.c.attempts + int(counted),
                resends=outbox.c.resends + int(resend),
            )
        )

    await store.write(job)


async def close(store: Store, row: int, state: OutboxState, *, now: datetime, error: str | None = None) -> None:
    """End a message as dead, parked or expired, with its reason."""
    await store.write(lambda connection: _close(connection, row, state, now=now, error=error))


async def settle(store: Store, head: Head, *, now: datetime) -> None:
    """Give the queue back: due when its next row is, behind everybody who is due already; else not due at all."""

    async def job(connection: Transaction) -> None:
        mine = (outbox_heads.c.person == head.person) & (outbox_heads.c.lane == int(head.lane))
        # lock first, look afterwards: a row queued meanwhile is then seen, or waits for this commit
        owner = await connection.scalar(select(outbox_heads.c.lease_owner).where(mine).with_for_update())
        if owner != head.owner:
            return
        due, since = await _next(connection, head, now=now)
        await connection.execute(
            update(outbox_heads).where(mine).values(due_at=due, waiting_since=since, lease_owner=None, lease_until=None)
        )

    await store.write(job)


async def _next(connection: Transaction, head: Head, *, now: datetime) -> tuple[datetime | None, datetime | None]:
    """When the queue is due again, and since when its next row waits. Reads one row, however many wait."""
    first = in_turn(head, outbox.c.not_before, outbox.c.created_at, now=now).limit(1)
    row: Row[Any] | None = (await connection.execute(first)).one_or_none()
    if row is not None:
        return max(now, row.not_before), row.created_at
    # nothing may go and nothing holds the others up: what is left is for later
    later = select(func.min(outbox.c.not_before).label("due"), func.min(outbox.c.created_at).label("since"))
    row = (await connection.execute(later.where(waits(head, now=now)))).one()
    return row.due, row.since


async def _close(
    connection: Transaction, row: int, state: OutboxState, *, now: datetime, error: str | None = None
) -> None:
    await connection.execute(
        update(outbox)
        .where(outbox.c.id == row, outbox.c.state == OutboxState.QUEUED)
        .values(state=state, finished_at=now, error=error)
    )
