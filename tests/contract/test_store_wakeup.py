"""Wake-ups: within a process, and between processes where the engine can carry them."""

import asyncio

from sqlalchemy import insert, text

from bot.store.tables import facts
from bot.store.wakeup import Wakeup
from tests.support.engines import POSTGRES_ONLY

LONG = 3600.0


async def woken_by(waiting: asyncio.Task, write) -> None:
    """Write until the waiter wakes: a single hint may fall into the moment before anybody listens."""
    async with asyncio.timeout(30):
        while not waiting.done():
            await write()
            await asyncio.wait([waiting], timeout=0.05)


async def nothing(_connection):
    pass


async def test_a_write_wakes_whoever_waits_in_the_process(store):
    with store.wakeup.subscribe("news") as subscription:
        waiting = asyncio.create_task(subscription.wait(LONG))
        await woken_by(waiting, lambda: store.write(nothing, wake=["news"]))


async def test_the_hint_comes_after_the_commit(store):
    seen = []

    async def look():
        with store.wakeup.subscribe("news") as subscription:
            await subscription.wait(LONG)
            async with store.read() as connection:
                seen.append(await connection.scalar(text("SELECT count(*) FROM facts WHERE name = 'a'")))

    looking = asyncio.create_task(look())
    await asyncio.sleep(0)
    await store.write(lambda c: c.execute(insert(facts).values(name="a", value="")), wake=["news"])
    await asyncio.wait_for(looking, 30)
    assert seen == [1]


async def test_a_signal_between_two_waits_is_not_missed():
    wakeup = Wakeup()
    with wakeup.subscribe("news") as subscription:
        wakeup.signal(["news"])
        await asyncio.wait_for(subscription.wait(LONG), 30)


async def test_another_topic_wakes_nobody():
    wakeup = Wakeup()
    with wakeup.subscribe("news") as subscription:
        wakeup.signal(["weather"])
        waiting = asyncio.create_task(subscription.wait(LONG))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        waiting.cancel()


async def test_without_a_signal_the_poll_returns():
    with Wakeup().subscribe("news") as subscription:
        await asyncio.wait_for(subscription.wait(0.01), 30)


@POSTGRES_ONLY
async def test_a_write_wakes_whoever_waits_in_another_process(store, open_another):
    other = await open_another("other")
    with store.wakeup.subscribe("news") as subscription:
        waiting = asyncio.create_task(subscription.wait(LONG))
        await woken_by(waiting, lambda: other.write(nothing, wake=["news"]))


@POSTGRES_ONLY
async def test_listening_begins_again_after_the_connection_broke(store, open_another):
    other = await open_another("other")
    with store.wakeup.subscribe("news") as subscription:
        await woken_by(asyncio.create_task(subscription.wait(LONG)), lambda: other.write(nothing, wake=["news"]))
        listeners = "query LIKE 'LISTEN%' AND datname = current_database()"
        end = text(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {listeners}")
        assert await other.write(lambda connection: connection.scalar(end)) > 0
        await subscription.wait(0)
        await woken_by(asyncio.create_task(subscription.wait(LONG)), lambda: other.write(nothing, wake=["news"]))
