"""What became of a reminder comes on record once, whoever looks and however often."""

import asyncio
from datetime import timedelta

from sqlalchemy import insert, update

from bot.core.delivery import DeliveryState, OutboxState
from bot.core.record import Entry, EntryKind
from bot.store.record import append, read_record, verify
from bot.store.record_receipts import WATCHED, note_receipts
from bot.store.tables import outbox, outbox_parts
from tests.support.rows import NOW, message, queue, receive


async def remind(store, *names):
    await receive(store, message(1))
    for name in names:
        await queue(store, name)
        entry = Entry(kind=EntryKind.REMINDED, at=NOW, province="quangngai", agency=7, officer=3, message=name)
        await store.write(lambda connection, entry=entry: append(connection, entry))


async def set_state(store, number, state, *parts):
    async def job(connection):
        await connection.execute(update(outbox).where(outbox.c.id == number).values(state=state, finished_at=NOW))
        await connection.execute(outbox_parts.delete().where(outbox_parts.c.outbox_id == number))
        for place, part in enumerate(parts):
            row = {"outbox_id": number, "number": place, "channel": "web", "account": "main", "state": part, "at": NOW}
            await connection.execute(insert(outbox_parts).values(row))

    await store.write(job)


async def noted(store, *, now=NOW):
    before = [entry async for entry in read_record(store)]
    await asyncio.gather(note_receipts(store, now=now), note_receipts(store, now=now))
    after = [entry async for entry in read_record(store)]
    return [(entry.document["reminder"], entry.document["state"]) for entry in after[len(before) :]]


async def test_each_state_that_a_reminder_reaches_comes_on_record_once(store):
    await remind(store, "a", "b", "c")
    assert await noted(store) == []
    sent, arrived, failed = DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED
    await set_state(store, 1, OutboxState.SENT, arrived, sent)
    await set_state(store, 2, OutboxState.SENT, arrived, failed)
    await set_state(store, 3, OutboxState.DEAD)
    assert await noted(store) == [(1, "sent"), (2, "failed"), (3, "dead")]
    await set_state(store, 1, OutboxState.SENT, arrived, arrived)
    assert await noted(store) == [(1, "delivered")]
    assert await noted(store) == []
    assert await verify(store) is None


async def test_a_message_that_went_on_to_another_address_is_told_by_what_became_of_it_there(store):
    await remind(store, "a")
    await queue(store, "a:1")
    await set_state(store, 1, OutboxState.ELSEWHERE, DeliveryState.FAILED)
    assert await noted(store) == []
    await set_state(store, 2, OutboxState.SENT, DeliveryState.READ)
    assert await noted(store, now=NOW + WATCHED) == []
    assert await noted(store, now=NOW + timedelta(days=1)) == [(1, "read")]
