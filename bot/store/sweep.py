"""Every state has an owner and a maximum age.

Sweeps look at what is, never at what ran yesterday, so any number of processes may run them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, delete, exists, select, tuple_, update

from bot.core.delivery import OutboxState
from bot.store.engine import Store
from bot.store.inbox import TOPIC as INBOX
from bot.store.outbox import TOPIC as OUTBOX
from bot.store.tables import conversations, inbox, mailbox, outbox, outbox_heads, outbox_parts, quarantine
from bot.store.transaction import Transaction

_SLICE = 500


async def wake_forgotten(store: Store, *, now: datetime) -> int:
    """Stored but unhandled, queued but unsent: make heads due whose rows wait without it. Returns how many."""

    async def job(connection: Transaction) -> int:
        rows = exists().where(inbox.c.person == conversations.c.person, inbox.c.state == "pending")
        handled = await connection.execute(
            update(conversations).where(conversations.c.due_at.is_(None), rows).values(due_at=now, waiting_since=now)
        )
        queued = exists().where(
            outbox.c.person == outbox_heads.c.person,
            outbox.c.lane == outbox_heads.c.lane,
            outbox.c.state == OutboxState.QUEUED,
        )
        sent = await connection.execute(
            update(outbox_heads).where(outbox_heads.c.due_at.is_(None), queued).values(due_at=now, waiting_since=now)
        )
        return handled.rowcount + sent.rowcount

    return await store.write(job, wake=[INBOX, OUTBOX])


async def expire(store: Store, *, now: datetime) -> int:
    """End queued messages whose time is over. Returns how many."""

    async def job(connection: Transaction) -> int:
        over = select(outbox.c.id).where(outbox.c.state == OutboxState.QUEUED, outbox.c.expires_at <= now).limit(_SLICE)
        result = await connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(over))
            .values(state=OutboxState.EXPIRED, finished_at=now, error="its time was over before it could be sent")
        )
        return result.rowcount

    return await store.write(job)


async def forget(store: Store, *, before: datetime) -> int:
    """Delete what people wrote and were answered before ``before``, a slice at a time. Returns how many rows went."""
    answered = outbox.c.state.in_((OutboxState.SENT, OutboxState.EXPIRED))
    return (
        await _forget(store, inbox, (inbox.c.finished_at < before) & (inbox.c.state != "dead"))
        + await _forget(store, mailbox, mailbox.c.at < before)
        + await _forget(store, quarantine, quarantine.c.received_at < before)
        + await _forget(store, outbox, (outbox.c.finished_at < before) & answered)
        + await _forget(store, outbox_parts, ~exists().where(outbox.c.id == outbox_parts.c.outbox_id))
    )


async def _forget(store: Store, table: Table, old: ColumnElement[bool]) -> int:
    """Look outside the write lane, delete inside it: the search for old rows may read the whole table."""
    key = list(table.primary_key.columns)
    gone = 0
    while True:
        async with store.read() as connection:
            doomed = [tuple(row) for row in await connection.execute(select(*key).where(old).limit(_SLICE))]
        if not doomed:
            return gone
        await _delete(store, table, doomed)
        gone += len(doomed)


async def _delete(store: Store, table: Table, keys: Sequence[tuple[object, ...]]) -> None:
    async def job(connection: Transaction) -> None:
        await connection.execute(delete(table).where(tuple_(*table.primary_key.columns).in_(keys)))

    await store.write(job)
