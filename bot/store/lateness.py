"""Answers that come too late to be of use: one apology takes the place of all that wait for a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select, update

from bot.core.delivery import OutboxState
from bot.core.messages import Reply
from bot.store.engine import Store
from bot.store.outbox import TOPIC, Head
from bot.store.reply import to_document
from bot.store.tables import outbox, outbox_heads, outbox_parts
from bot.store.transaction import Transaction
from bot.store.waiting import these

APOLOGY = "late"
"""The origin of an apology: it never comes too late itself."""


async def apologise(store: Store, head: Head, *, before: datetime, apology: Reply, language: str, now: datetime) -> int:
    """End what was queued before ``before`` for ``head``, and let ``apology`` take its place, all or nothing. Returns
    how many messages it stands for.

    It has the place of the first of them: whoever has asked again meanwhile reads it before that answer, not after it.
    Nothing happens when the queue is no longer leased to its owner. A message that has left in part, or
    may have left, is still to be ended. While an apology waits it stands for whatever else comes too late.
    """

    async def job(connection: Transaction) -> int:
        if not await _is_held(connection, head):
            return 0
        ended = await _end(connection, head, before=before, now=now)
        if ended and not await _is_apology_waiting(connection, head):
            await _put_in_place(connection, min(ended), apology, language=language, now=now)
        return len(ended)

    return await store.write(job, wake=[TOPIC])


async def _put_in_place(connection: Transaction, row: int, apology: Reply, *, language: str, now: datetime) -> None:
    values = {
        "reply": to_document(apology),
        "language": language,
        "origin": APOLOGY,
        "created_at": now,
        "not_before": now,
        "expires_at": None,
        "state": OutboxState.QUEUED,
        "attempts": 0,
        "error": None,
        "finished_at": None,
    }
    await connection.execute(update(outbox).where(outbox.c.id == row).values(**values))


async def _is_held(connection: Transaction, head: Head) -> bool:
    """Whether the queue is leased to the owner of ``head``; locks it, so that this stays so until the commit."""
    mine = these([(head.person, int(head.lane), head.owner)])
    return await connection.scalar(select(outbox_heads.c.person).where(mine).with_for_update()) is not None


async def _end(connection: Transaction, head: Head, *, before: datetime, now: datetime) -> Sequence[int]:
    begun = exists(select(outbox_parts.c.outbox_id).where(outbox_parts.c.outbox_id == outbox.c.id))
    fresh = (outbox.c.resends == 0, ~begun)
    late = update(outbox).where(_queued(head), outbox.c.created_at < before, outbox.c.origin != APOLOGY, *fresh)
    reason = "too late to be of use: an apology takes its place"
    ended = late.values(state=OutboxState.EXPIRED, finished_at=now, error=reason).returning(outbox.c.id)
    return list((await connection.execute(ended)).scalars())


async def _is_apology_waiting(connection: Transaction, head: Head) -> bool:
    waiting = exists(select(outbox.c.id).where(_queued(head), outbox.c.origin == APOLOGY))
    return bool(await connection.scalar(select(waiting)))


def _queued(head: Head) -> ColumnElement[bool]:
    queue = (outbox.c.person == head.person, outbox.c.lane == int(head.lane))
    return and_(*queue, outbox.c.state == OutboxState.QUEUED)
