"""The sender interrupted: told to stop, without its database, or broken while parts are under way."""

import asyncio
import contextlib
from datetime import timedelta

import aiohttp
import pytest

from bot.core.delivery import Lane
from bot.store.engine import Store
from bot.store.outbox import claim_queues
from bot.store.tables import outbox_heads
from gateway import worker
from gateway.handover import Errand
from gateway.sender import PATIENT_LEASE, TURN
from tests.support.crowd import ACCOUNT, CHANNEL
from tests.support.desk import Desk, Moody
from tests.support.outage import outage
from tests.support.rows import rows

SECOND = timedelta(seconds=1)


@pytest.fixture
async def desk(store: Store):
    async with aiohttp.ClientSession() as session:
        yield Desk(store, session, Moody())


async def sent(desk: Desk) -> list[str]:
    return [text for _, text in desk.provider.arrived]


async def execute(store: Store, statement: str) -> None:
    await store.write(lambda connection: connection.exec_driver_sql(statement))


async def test_an_outage_between_sending_and_recording_does_not_double_a_part(desk: Desk):
    await desk.queue("một", "hai")
    async with contextlib.AsyncExitStack() as stack:

        async def break_database() -> None:
            await stack.enter_async_context(outage(desk.store))

        desk.provider.first = break_database
        await desk.work(desk.sender())
    assert await sent(desk) == ["một", "hai"]
    assert desk.provider.keys == ["1:0", "2:0"]
    assert await desk.states() == ["sent", "sent"]
    assert {owner for (owner,) in await rows(desk.store, outbox_heads, "lease_owner")} == {None}


async def test_what_left_is_written_down_however_long_the_outage(desk: Desk):
    await desk.queue("một")
    sender, loop = desk.sender(), asyncio.get_running_loop()
    place = {"channel": CHANNEL, "account": ACCOUNT}
    (queue,) = await claim_queues(desk.store, **place, now=desk.now, limit=1, messages=TURN, lease=PATIENT_LEASE)
    async with contextlib.AsyncExitStack() as stack:

        async def break_database() -> None:
            await stack.enter_async_context(outage(desk.store))
            await asyncio.sleep(0.2)  # the time is over for which the queue is ours

        desk.provider.first = break_database
        errand = Errand(head=queue.head, messages=queue.messages, until=loop.time() + 0.1, released=lambda: None)
        await sender._handover.send_queue(errand)
    assert await desk.states() == ["sent"]
    desk.now += PATIENT_LEASE
    await desk.work(sender)
    assert desk.provider.keys == ["1:0"]


async def test_a_stop_does_not_wait_for_a_provider_that_hangs(desk: Desk):
    await desk.queue("một", user="an")
    await desk.queue("hai", user="binh", lane=Lane.BROADCAST)
    hanging = asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await asyncio.Event().wait()

    desk.provider.first = hang
    senders = [desk.sender(), desk.sender()]
    begun = asyncio.get_running_loop().time()
    async with worker.until_stopped("sender", *(sender.run for sender in senders)):
        await hanging.wait()
    assert asyncio.get_running_loop().time() - begun < worker.STOP_SECONDS * 2
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name() in ("send", "sender")]
    assert sorted(await desk.states()) == ["queued", "sent"]


async def test_a_stop_begins_no_further_part(desk: Desk):
    await desk.queue("một", "hai")
    stop = asyncio.Event()

    async def stopped() -> None:
        stop.set()

    desk.provider.first = stopped
    await desk.sender().run(stop)
    assert await sent(desk) == ["một"]
    assert await desk.states() == ["sent", "queued"]
    await desk.work(desk.sender())
    assert await sent(desk) == ["một", "hai"], "the queue was given back"


async def test_trouble_with_claiming_does_not_drop_what_is_under_way(desk: Desk):
    await desk.queue("một")
    sender, hanging, answered = desk.sender(rate=1), asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        hanging.set()
        await answered.wait()

    desk.provider.first = hang
    running = asyncio.create_task(sender.run(asyncio.Event()))
    await hanging.wait()
    await execute(desk.store, "ALTER TABLE sender_leases RENAME TO away")
    desk.now += 3 * SECOND
    await asyncio.wait([running])
    assert running.exception() is not None, "the lease could not be renewed, and no outage is the reason"
    await execute(desk.store, "ALTER TABLE away RENAME TO sender_leases")
    answered.set()
    await sender.finish()
    assert await sent(desk) == ["một"]
    assert await desk.states() == ["sent"]
