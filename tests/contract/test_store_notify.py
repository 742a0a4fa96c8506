"""Notifications of PostgreSQL: what other processes hear of a commit."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator

import asyncpg

from bot.store.inbox import TOPIC
from bot.store.intake import Intake
from bot.store.wakeup import CHANNEL
from tests.support.crowd import message
from tests.support.engines import POSTGRES_ONLY

PEOPLE = 100
END = "the end"


@contextlib.asynccontextmanager
async def ear(url: str) -> AsyncIterator[asyncio.Queue[str]]:
    """Everything that is notified while the block lasts."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(url)
    try:
        await connection.add_listener(CHANNEL, lambda *notice: heard.put_nowait(str(notice[-1])))
        yield heard
    finally:
        await connection.close()


async def all_heard(heard: asyncio.Queue[str], url: str) -> Counter[str]:
    """What was notified up to now: notifications keep the order of their commits."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"NOTIFY {CHANNEL}, '{END}'")
    finally:
        await connection.close()
    topics: list[str] = []
    while (topic := await asyncio.wait_for(heard.get(), 30)) != END:
        topics.append(topic)
    return Counter(topics)


@POSTGRES_ONLY
async def test_a_batch_of_messages_is_one_notification(store, engine_url, now):
    async with ear(engine_url) as heard:
        await Intake(store).accept([message(f"p{number}", 0, "HD", now) for number in range(PEOPLE)])
        assert await all_heard(heard, engine_url) == {TOPIC: 1}


@POSTGRES_ONLY
async def test_requests_that_wait_for_one_commit_share_its_notification(store, engine_url, now):
    intake = Intake(store)
    async with ear(engine_url) as heard:
        await asyncio.gather(*(intake.accept([message(f"p{number}", 0, "HD", now)]) for number in range(PEOPLE)))
        assert (await all_heard(heard, engine_url))[TOPIC] <= 2


@POSTGRES_ONLY
async def test_a_topic_named_twice_is_notified_once_and_each_topic_by_itself(store, engine_url):
    async def nothing(_connection):
        pass

    async with ear(engine_url) as heard:
        await store.write(nothing, wake=["news", "weather", "news"])
        assert await all_heard(heard, engine_url) == {"news": 1, "weather": 1}


@POSTGRES_ONLY
async def test_what_is_rolled_back_notifies_nobody(store, engine_url):
    async def fail(_connection):
        raise LookupError

    async with ear(engine_url) as heard:
        with contextlib.suppress(LookupError):
            await store.write(fail, wake=["news"])
        assert await all_heard(heard, engine_url) == {}
