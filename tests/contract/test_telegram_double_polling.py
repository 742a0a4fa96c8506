"""How the Bot API double hands out updates: waiting, confirming, forgetting, and what a bot in a group sees."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest_asyncio

from simulator.telegram.double import running_telegram
from simulator.telegram.limits import Limits
from tests.support.telegram_client import Client

BUTTON = {"inline_keyboard": [[{"text": "Xem", "callback_data": "xem"}]]}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    async with running_telegram(speed=1000.0) as double, aiohttp.ClientSession() as session:
        yield Client(double=double, session=session, person=double.person("Lan"))


async def test_what_nobody_takes_is_forgotten_after_a_day_and_a_press_after_150_seconds() -> None:
    stands = 0.0
    async with running_telegram(clock=lambda: stands) as double, aiohttp.ClientSession() as session:
        client = Client(double=double, session=session, person=double.person())
        double.acquaint(client.person)
        await client.tell(reply_markup=BUTTON)
        await double.press(client.person, double.last(client.person), "xem")
        await double.say(client.person, "một")

        stands += 151
        waiting = [next(iter(set(update) - {"update_id"})) for update in (await client.call("getUpdates")).result]
        assert waiting == ["message"]
        stands += 86400
        assert (await client.call("getUpdates")).result == []


async def test_an_offset_confirms_what_lies_below_it_and_nothing_else(client: Client) -> None:
    double = client.double
    numbers = [await double.say(client.person, str(number)) for number in range(5)]

    async def poll(**params: Any) -> list[int]:
        return [update["update_id"] for update in (await client.call("getUpdates", **params)).result]

    assert await poll() == numbers
    assert await poll(limit=2) == numbers[:2]
    assert await poll(offset=numbers[2] or 0) == numbers[2:]
    assert await poll() == numbers[2:], "confirmed for good"
    assert await poll(offset=-1) == numbers[4:]
    assert await poll() == numbers[4:], "a negative offset forgets what comes before"
    assert await poll(offset=(numbers[4] or 0) + 1) == []
    assert double.violations == []


async def test_a_long_poll_waits_for_the_first_update_and_no_longer_than_it_may(client: Client) -> None:
    double = client.double
    started = double.now()
    assert (await client.call("getUpdates", timeout=30)).result == []
    assert double.now() - started >= 30
    waiting = asyncio.create_task(client.call("getUpdates", timeout=50, allowed_updates=["message"]))
    await double.wait_for(lambda: double.mailbox().poll is not None)
    await double.block(client.person)
    number = await double.say(client.person, "một")
    assert [update["update_id"] for update in (await waiting).result] == [number]


async def test_in_privacy_mode_a_bot_sees_only_what_is_meant_for_it() -> None:
    async with (
        running_telegram(bots=2, limits=Limits(per_chat_second=100)) as double,
        aiohttp.ClientSession() as session,
    ):
        client = Client(double=double, session=session, person=double.person())
        group, other = double.group("Tổ trực"), double.bots[1]
        await client.tell("tôi đây", chat_id=group.id)
        own = double.last(group)

        async def reaches(text: str, **where: Any) -> list[str]:
            before = [len(double.mailbox(bot).updates) for bot in double.bots]
            await double.say(client.person, text, chat=group, **where)
            after = [len(double.mailbox(bot).updates) for bot in double.bots]
            return [bot.username for bot, one, two in zip(double.bots, before, after, strict=True) if two > one]

        assert await reaches("chuyện riêng") == []
        assert await reaches("/trangthai") == ["tracuu_bot"], "it wrote last"
        assert await reaches(f"/trangthai@{other.username}") == [other.username]
        assert await reaches("xem cái này", reply_to=own) == ["tracuu_bot"]
        assert await reaches("hỏi @tracuu_bot xem") == ["tracuu_bot"]
        other.private = False
        assert await reaches("chuyện riêng") == [other.username]
