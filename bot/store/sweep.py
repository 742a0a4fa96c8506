"""Every state has an owner and a maximum age.

Sweeps look at what is, never at what ran yesterday, so any number of processes may run them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, select, tuple_, update

from bot.core.delivery import OutboxState
from bot.store.engine import Store
from bot.store.inbox import TOPIC as INBOX
from bot.store.outbox import TOPIC as OUTBOX
from bot.store.queue import lock
from bot.store.tables import conversations, inbox, mailbox, outbox, outbox_heads, outbox_parts, quarantine, reply_slots
from bot.store.transaction import Transaction

_SLICE = 500


async def wake_forgotten(store: Store, *, now: datetime) -> int:
    """Stored but unhandled, queued but unsent: make heads due whose rows wait without it. Returns how many."""
    unhandled = select(inbox.c.person).where(inbox.c.state == "pending")
    unsent = select(outbox.c.person, outbox.c.lane).where(outbox.c.state == OutboxState.QUEUED)
    return await _wake(store, conversations, unhandled, topic=INBOX, now=now) + await _wake(
        store, outbox_heads, unsent, topic=OUTBOX, now=now
    )


async def _wake(store: Store, heads: Table, waiting: Select[Any], *, topic: str, now: datetime) -> int:
    """Look outside the write lane, and only from the rows that wait: there are more people than those."""
    key = tuple_(*heads.primary_key.columns)
    asleep = heads.c.due_at.is_(None)
    async with store.read() as connection:
        found = select(*heads.primary_key.columns).where(key.in_(waiting.distinct()), asleep).limit(_SLICE)
        forgotten = sorted(tuple(row) for row in await connection.execute(found))

    async def job(connection: Transaction) -> int:
        still = await lock(connection, heads, key.in_(forgotten) & asleep)
        return (await connection.execute(update(heads).where(still).values(due_at=now, waiting_since=now))).rowcount

    return await store.write(job, wake=[topic]) if forgotten else 0


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
    """Delete what people wrote and were answered before ``before``, a slice at a time. Returns how many rows went.

    A talk that has rested since then keeps its address and settings, not what was said last.
    """
    answered = outbox.c.state.in_((OutboxState.SENT, OutboxState.EXPIRED, OutboxState.ELSEWHERE))
    return (
        await _forget(store, inbox, (inbox.c.finished_at < before) & (inbox.c.state != "dead"))
        + await _forget(store, mailbox, mailbox.c.at < before)
        + await _forget(store, quarantine, quarantine.c.received_at < before)
        + await _forget(store, reply_slots, reply_slots.c.until < before)
        + await _forget(store, outbox, (outbox.c.finished_at < before) & answered, with_parts=True)
        + await _fall_silent(store, before=before)
    )


async def _forget(store: Store, table: Table, old: ColumnElement[bool], *, with_parts: bool = False) -> int:
    """Look outside the write lane, delete inside it: the search for old rows may read the whole table."""
    key = list(table.primary_key.columns)
    gone = 0
    while True:
        async with store.read() as connection:
            doomed = [tuple(row) for row in await connection.execute(select(*key).where(old).limit(_SLICE))]
        if not doomed:
            return gone
        gone += await _delete(store, table, doomed, with_parts=with_parts)


async def _delete(store: Store, table: Table, keys: Sequence[tuple[object, ...]], *, with_parts: bool) -> int:
    rows = delete(table).where(tuple_(*table.primary_key.columns).in_(keys))
    parts = delete(outbox_parts).where(outbox_parts.c.outbox_id.in_([key[0] for key in keys]))

    async def job(connection: Transaction) -> int:
        gone = (await connection.execute(parts)).rowcount if with_parts else 0
        return gone + (await connection.execute(rows)).rowcount

    return await store.write(job)


async def _fall_silent(store: Store, *, before: datetime) -> int:
    """Empty the talks that have rested since ``before``: their questions and choices lapsed long ago."""
    talk = conversations.c
    told = (talk.updated_at < before) & ((talk.data != {}) | (talk.choices != []) | (talk.state != ""))
    gone = 0
    while True:
        async with store.read() as connection:
            found = select(talk.person).where(told).limit(_SLICE)
            people = sorted((await connection.execute(found)).scalars())
        if not people:
            return gone

        async def job(connection: Transaction, people: Sequence[str] = people) -> int:
            resting = update(conversations).where(await lock(connection, conversations, talk.person.in_(people) & told))
            return (await connection.execute(resting.values(state="", data={}, choices=[]))).rowcount

        gone += await store.write(job)
